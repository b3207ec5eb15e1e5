"""What usual mistakes in `to_text` make of a row: pairs (a wrong string, the sentence that says what led to it)."""

import contextlib
import math
import re

SOURCES = {
    "acceptability": "cola sentence: {text}",
    "sentiment": "sst2 sentence: {text}",
    "paraphrase": "mrpc sentence1: {text_a} sentence2: {text_b}",
    "duplicates": "qqp question1: {text_a} question2: {text_b}",
    "similarity": "stsb sentence1: {text_a} sentence2: {text_b}",
    "answerability": "qnli question: {question} sentence: {context}",
    "entailment": "mnli premise: {premise} hypothesis: {hypothesis}",
    "entities": "ner: {text}",
    "coreference": "wsc: {text}",
    "summaries": "summarize: {text}",
    "questions": "question: {question} context: {context}",
    "translation": "translate English to Esperanto: {english}",
}
LABELS = {
    "acceptability": ("unacceptable", "acceptable"),
    "sentiment": ("negative", "positive"),
    "paraphrase": ("not_equivalent", "equivalent"),
    "duplicates": ("not_duplicate", "duplicate"),
    "answerability": ("not_entailment", "entailment"),
    "entailment": ("entailment", "neutral", "contradiction"),
}
CLASSES = {"PER": "person", "LOC": "place", "ORG": "organisation", "MISC": "other"}


# --- sources -------------------------------------------------------------------------------------------------------------------
def source_slips(case):
    """Of a `texts.Pair`'s source."""
    task, row, truth = case.task, case.row, case.source
    frame, columns = SOURCES[task], re.findall(r"{(\w+)}", SOURCES[task])
    again = "What has been put in is looked at once more: a column's text may hold braces, or another column's name in braces. One `format` puts all in, and does not look again"
    values = [row[column] for column in columns]
    found = [
        (frame, "The names of the columns still stand in it: nothing has been put in their places"),
        (case.target, "That is the target"),
        *((text, "The task is not named: `SOURCES[task]` says what stands before the columns and between them") for text in (*values, " ".join(values), truth.partition(": ")[2])),
        *((text, again) for text in _looked_at_again(frame, row, " ".join(values))),
        (re.sub(r"[{}]", "", truth), "Braces of the row's own text are lost"),
        (truth.replace("{{", "{").replace("}}", "}"), again),
        (" ".join(truth.split()), "White space of the text is lost; columns are put in as they are"),
        (truth.strip(), "White space of the text is lost; columns are put in as they are"),
        (truth.lower(), "Capitals are lost; columns are put in as they are"),
        (truth.removesuffix("."), "The full stop is lost; columns are put in as they are"),
        *((f"{truth}{end}", "Something is added at the end") for end in (" ", "\n", "</s>", f" {case.target}")),
        *((other.partition("{")[0] + truth[len(frame.partition("{")[0]):], "That is the beginning of another task: is it `SOURCES[task]`?") for other in SOURCES.values()),
    ]  # fmt: skip
    if len(columns) == 2:
        first, second = columns
        exchanged = frame.format(**{first: row[second], second: row[first]})
        twice = (frame.format(**{first: row[c], second: row[c]}) for c in columns)
        found.append((exchanged, "The two texts stand in each other's places"))
        found += [(text, "One of the two texts stands in both places") for text in twice]
    if task == "entities":
        found.append((f"ner: {' '.join(row['tokens'])}", "Those are the row's tokens, joined; the source has its `text`"))  # fmt: skip
    if task == "coreference":
        found += _pronoun_slips(row["text"], *row["pronoun"])
    return found


def _looked_at_again(frame, row, text):
    """What a chain of `replace` makes of it, in the columns' order or against it, and a `format` of what a `format` gave."""
    if "{" not in text:
        return
    for order in (1, -1):
        found = frame
        for column, value in list(row.items())[::order]:
            found = found.replace("{" + column + "}", str(value))
        yield found
    with contextlib.suppress(KeyError, IndexError, ValueError, AttributeError):
        yield frame.format(**row).format(**row)


def _pronoun_slips(text, start, end):
    """Of the asterisks of a coreference row."""
    word = text[start:end]
    ends = "The pronoun is not what stands between the asterisks: it begins at `pronoun[0]`, and has *ended* at `pronoun[1]`, as in `text[start:end]`"

    def marked(start, end):
        return f"{text[:start]}*{text[start:end]}*{text[end:]}"

    whole = re.compile(rf"\b{re.escape(word)}\b")
    loose = re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
    every = 'Each place where the pronoun\'s letters stand is marked; only the one that `row["pronoun"]` names is meant'
    first = 'The first place where the pronoun\'s letters stand is marked, and it may be another word, or inside one; `row["pronoun"]` says which is meant'
    last = 'The last place where the pronoun\'s letters stand is marked; `row["pronoun"]` says which is meant'
    at = text.rfind(word)
    in_bytes, before = text.encode(), len(text[:start].encode()) - start
    found, by_words, number = [], text.split(), len(text[:start].split())
    if number < len(by_words) and by_words[number] != word:
        by_words[number] = f"*{by_words[number]}*"
        found.append((" ".join(by_words), "A mark right behind the pronoun stands between the asterisks too: do you count words? `row[\"pronoun\"]` counts letters"))  # fmt: skip
    if before:
        a, b = start - before, end - before
        found.append((b"*".join([in_bytes[:start], in_bytes[start:end], in_bytes[end:]]).decode(errors="replace"), "`row[\"pronoun\"]` counts letters, and not bytes"))  # fmt: skip
        found.append((marked(max(a, 0), max(b, 0)), '`row["pronoun"]` counts letters, and not bytes'))
    found += [
        (text, "The asterisks are missing: `*it*`"),
        (text.replace(word, f"*{word}*"), every),
        (whole.sub(f"*{word}*", text), every),
        (loose.sub(lambda hit: f"*{hit[0]}*", text), every),
        (text.replace(word, f"*{word}*", 1), first),
        (whole.sub(f"*{word}*", text, count=1), first),
        (loose.sub(lambda hit: f"*{hit[0]}*", text, count=1), first),
        (marked(at, at + len(word)), last),
        *((marked(start + a, end + b), ends) for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0) and start + a >= 0),
        (marked(start, start + end), "The second number of `row[\"pronoun\"]` is where the pronoun has ended, and not how long it is"),
        (f"{text[:start]}*{text[end:]}", "The pronoun itself is lost"),
        (f"{text[:start]}**{text[end:]}", "The pronoun itself is lost"),
        (f"*{word}*", "The text around the pronoun is lost"),
        (f"{text[:start]}*{word}{text[end:]}", "There is one asterisk; the pronoun stands between two"),
        (f"{text[:start]}{word}*{text[end:]}", "There is one asterisk; the pronoun stands between two"),
        (f"{text[:start]}**{word}**{text[end:]}", "There are two asterisks on each side; it is one"),
        (f"{text[:start]}* {word} *{text[end:]}", "There are blanks inside the asterisks"),
        (f"{text[:start]} *{word}* {text[end:]}", "There are blanks around the asterisks that the text has not"),
        (f"{text[:start]}*it*{text[end:]}", "The pronoun stands as it is in the text; `*it*` is an example"),
    ]  # fmt: skip
    return [(f"wsc: {each}", said) for each, said in found]


# --- targets -------------------------------------------------------------------------------------------------------------------
def target_slips(case):
    """Of a `texts.Pair`'s target."""
    task, row = case.task, case.row
    found = [(case.source, "That is the source again")]
    if task in LABELS:
        said = (
            "That is the word for another label; in LABELS the words stand in the order of the labels 0, 1, 2"
        )
        found += [(word, said) for word in LABELS[task]]
        other = "That is a word of another task: is it `LABELS[task]`?"
        found += [(word, other) for words in LABELS.values() for word in words if word not in LABELS[task]]
        number = "That is the label's number; its word is asked for"
        found += [(str(row["label"]), number), (str(float(row["label"])), number)]
        found += [(str(word), "Capitals are not as in LABELS") for word in (case.target.capitalize(), case.target.upper())]  # fmt: skip
        found.append((case.target.replace("_", " "), "The word stands in LABELS with its underscore"))
    elif task == "similarity":
        found += _score_slips(row["score"], case.target)
    elif task == "entities":
        found += _name_slips(row["tokens"], row["tags"], case.target)
    elif task == "coreference":
        other = row["candidate_a"] if row["label"] else row["candidate_b"]
        start, end = row["pronoun"]
        found += [
            (other, "That is the other candidate: `candidate_a` is meant where the label is 0, and `candidate_b` where it is 1"),
            (row["text"][start:end], "That is the pronoun; the candidate that it means is asked for"),
            (str(row["label"]), "That is the label; the candidate's own words are asked for"),
            *((name, "That is the column's name; what stands in it is asked for") for name in ("candidate_a", "candidate_b")),
        ]  # fmt: skip
    elif task == "questions":
        texts = row["answers"]["text"]
        nothing = "Where the row has no answer the target is the word `unanswerable`"
        found += [
            (str(texts), "That is the list as a string; its first text is asked for"),
            *((text, "That is not the *first* of the row's answers") for text in texts[1:]),
            *((between.join(texts), "These are all of the row's answers; the first is asked for" if texts else nothing) for between in (" ", ", ", "; ", " / ")),
            *((word, nothing) for word in ("", "none", "None", "no answer", "not_entailment", row["context"])),
            *((text[:1], "That is the first *letter* of an answer; the first text is asked for") for text in texts),
            ("unanswerable", "This question has an answer"),
        ]  # fmt: skip
    else:
        column = {"summaries": "text", "translation": "english"}[task]
        found.append((row[column], f"That is what the model reads, `{column}`, again; which column is the target?"))  # fmt: skip
    return found


def _score_slips(score, truth):
    """Of a similarity's score."""
    steps, raw = (
        score * 5,
        "It is rounded to steps of 0.2 first: 0.2, 0.4, and so on, of which there are five in 1",
    )
    digits = "One digit stands behind the point, always"
    return [
        (f"{float(truth):.2f}", digits),
        (f"{float(truth):.0f}", digits),
        (f"{float(truth):g}", digits),
        (f"{score:.1f}", raw),
        (str(score), raw),
        (f"{score:.2f}", raw),
        *((f"{math.floor(steps) / 5:.1f}", "You cut off; the *nearest* step is asked for"),),
        *((f"{math.ceil(steps) / 5:.1f}", "You round up; the *nearest* step is asked for"),),
        *(
            (f"{round(score * n) / n:.1f}", "The steps are not of 0.2: five of them make 1")
            for n in (1, 2, 4)
        ),
        *((f"{round(score * 5) * 5:.1f}", "A division too few, or a wrong one: five steps make 1"),),
        *((str(round(score * 5) * 0.2), f"{digits}: a float has more of them than you think"),),
        *((str(round(score / 0.2) * 0.2), f"{digits}: a float has more of them than you think"),),
        (truth.replace(".", ","), "A point stands before the digit, and no comma"),
        (str(round(steps)), "That is the number of steps; the score is asked for"),
        (f"{round(steps):.1f}", "That is the number of steps; the score is asked for"),
    ]


def _names_of(tokens, tags):
    """[[class, token, …], …] in their order."""
    names = []
    for token, tag in zip(tokens, tags, strict=True):
        if tag[0] == "B":
            names.append([tag[2:], token])
        elif tag[0] == "I":
            names[-1].append(token)
    return names


def _name_slips(tokens, tags, truth):
    """Of a list of names."""
    names = _names_of(tokens, tags)

    def listed(names, one="{}: {}", joint="; ", glue=" ", words=CLASSES, empty="none"):
        return joint.join(one.format(words.get(c, c), glue.join(name)) for c, *name in names) or empty

    joined = []  # names side by side taken for one, of the same class or of any
    for same in (True, False):
        runs, before = [], "O"
        for token, tag in zip(tokens, tags, strict=True):
            if tag != "O" and before != "O" and (tag[2:] == before[2:] or not same):
                runs[-1].append(token)
            elif tag != "O":
                runs.append([tag[2:], token])
            before = tag
        joined.append(listed(runs))
    one_each = [[tag[2:], token] for token, tag in zip(tokens, tags, strict=True) if tag != "O"]
    begun = [name[:2] for name in names]
    ended = [names[i] for i in range(len(names)) if i + 1 < len(names) or tags[-1] == "O"]
    flush = [name for i, name in enumerate(names) if i + 1 < len(names)]
    by_class = sorted(names, key=lambda name: list(CLASSES).index(name[0]))
    once = [name for i, name in enumerate(names) if name not in names[:i]]
    last = list({c: [c, *name] for c, *name in names}.values())
    grouped = {}
    for c, *name in names:
        grouped.setdefault(c, []).append(" ".join(name))
    form = "Its form is another one: `person: Ida Novak; place: Alderton`"
    nothing = "Where there is no name the target is the word `none`"
    found = [
        *((word, nothing) for word in ("", "None", "[]") if not names),
        (listed(names, words={}), "Classes are named as `CLASSES` has them: PER is `person`"),
        (listed(one_each), "Each token stands as a name of its own; where a tag begins with `I-` the name goes on, and its tokens are joined by blanks"),
        (listed(begun), "Only the first token of a name is there; where a tag begins with `I-` the name goes on"),
        *((text, "Two names next to each other have become one: each `B-` begins a new one") for text in joined),
        (listed(names, glue=""), "The tokens of a name are joined by *blanks*"),
        (listed(once), "A name that comes twice is listed twice"),
        (listed(last), "Names of the same class write over each other: is it a dict by class? Keep a list"),
        *((listed(some), "A name at the end is lost: is there anything behind the loop that takes the last one along?") for some in (ended, flush)),
        (listed(names[1:]), "The first name is lost"),
        (listed(names[:1]), "Only the first name is there; all are asked for"),
        (listed(by_class), "The names are not in the order of the text"),
        (listed(sorted(names)), "The names are not in the order of the text"),
        (listed(sorted(names, key=lambda name: name[1:])), "The names are not in the order of the text"),
        (listed(names[::-1]), "The names are not in the order of the text"),
        *(("; ".join(f"{CLASSES[c]}: {glue.join(some)}" for c, some in grouped.items()), "Names of one class stand together; each stands behind its own class, in the order of the text") for glue in (", ", " ", "; ")),
        (listed(names, one="{1}: {0}"), "The class comes first, and the name behind it"),
        (listed(names, one="{1}"), "The names stand there without their classes"),
        (listed(names, one="{0}"), "The classes stand there without the names"),
        *((listed(names, one=one, joint=joint), form) for one in ("{}: {}", "{}:{}", "{} {}", "{}, {}", "{} : {}", "{}=={}") for joint in ("; ", ", ", ";", " ", "\n", " ; ")),
        *((f"{truth}{end}", "Something is added at the end: what stands *between* names is `; `") for end in (";", "; ", " ", ".")),
        (" ".join(tokens), "These are all tokens; names are asked for, each behind its class"),
    ]  # fmt: skip
    return found
