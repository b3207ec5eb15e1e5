"""The hidden check of `to_text`. Oracle: `autograder.recipes.text_to_text` for rows of the course's tasks; rows of drawn words are put together
from what they must become. That of `from_text` stands in `back`."""

from autograder.checks.words import word, words
from autograder.recipes import text_to_text as recipe
from course.checks.lab09_text_to_text import texts as visible
from course.checks.lab09_text_to_text.slips import CLASSES, LABELS, SOURCES
from course.checks.lab09_text_to_text.texts import Pair, judge_pairs, parts_of

from . import lab
from .draws import rows

COLUMNS = {  # of the tasks whose source is no more than a sentence or two
    "acceptability": ("text",), "sentiment": ("text",), "paraphrase": ("text_a", "text_b"), "duplicates": ("text_a", "text_b"),
    "answerability": ("question", "context"), "entailment": ("premise", "hypothesis"), "summaries": ("text",), "translation": ("english",),
}  # fmt: skip
PRONOUNS = ("it", "he", "she", "they", "him")


def filled(task, columns):
    """The source: the pieces of the frame and the columns, one after the other."""
    out = SOURCES[task]
    pieces = []
    for name in COLUMNS[task]:
        before, _, out = out.partition("{" + name + "}")
        pieces += [before, columns[name]]
    return "".join([*pieces, out])


def plain_pair(rng, task, number, texts=None, story="A row of drawn words"):
    """A row of a task in COLUMNS, with columns that nobody needs. number: of its label, if it has labels."""
    texts = texts or [f"{words(rng).capitalize()}." for _ in COLUMNS[task]]
    row = {"kind": word(rng), **dict(zip(COLUMNS[task], texts, strict=True)), "reason": words(rng)}
    source = filled(task, row)
    if task in LABELS:
        return Pair(task, {**row, "label": number}, source, LABELS[task][number], f"{story}, with label {number}", False)  # fmt: skip
    target = {"summaries": "summary", "translation": "esperanto"}[task]
    row[target] = words(rng).capitalize()
    return Pair(task, row, source, row[target], story, False)


def plain_pairs(rng):
    """Rows of each task in COLUMNS, and of each label."""
    return [plain_pair(rng, task, n) for task in COLUMNS for n in range(len(LABELS.get(task, "12")))]


def score_pairs(rng):
    """A score near each step, on either side and near the middle between two, but never in it; and whole numbers."""
    found = []
    for step in range(26):
        side = 1 if step == 0 else -1 if step == 25 else rng.choice((-1, 1)) if step > 4 else 1 - step % 2 * 2
        for far in (
            side * rng.uniform(0.06, 0.09),
            -side * rng.uniform(0.01, 0.04) if 0 < step < 25 else 0.0,
        ):
            found.append(_score_pair(rng, step / 5 + far, step))
    return found + [_score_pair(rng, n, 5 * n) for n in range(6)]


def _score_pair(rng, score, step):
    row = {"text_a": words(rng), "text_b": words(rng), "score": score}
    source = f"stsb sentence1: {row['text_a']} sentence2: {row['text_b']}"
    return Pair("similarity", row, source, f"{step // 5}.{step % 5 * 2}", "A drawn score", False)


def names_pair(rng, shape, story):
    """A row of entities. shape: a letter for each name, its class's first, and a dot for each token outside of names."""
    kinds = {kind[0]: kind for kind in CLASSES}
    tokens, tags, names = [], [], []
    for letter in shape:
        if letter == ".":
            tokens.append(word(rng))
            tags.append("O")
            continue
        name = [word(rng).capitalize() for _ in range(rng.choice((1, 1, 2, 3)) if letter.isupper() else 3)]
        kind = kinds[letter.upper()]
        tokens += name
        tags += [f"B-{kind}", *[f"I-{kind}"] * (len(name) - 1)]
        names.append(f"{CLASSES[kind]}: {' '.join(name)}")
    text = " ".join(tokens)
    if shape[-1:] == ".":
        tokens, tags, text = [*tokens, "."], [*tags, "O"], f"{text}."
    row = {"tokens": tokens, "tags": tags, "text": text}
    return Pair("entities", row, f"ner: {text}", "; ".join(names) or "none", story, False)


def names_pairs(rng):
    """Names in each of the places that mislead; a small letter is a name of three tokens."""
    found = [
        names_pair(rng, shape, story)
        for shape, story in (
            ("P.L.O.M.", "Names of each class"),
            ("MOLP.", "Names of each class side by side, in no order of the alphabet"),
            (".pP.", "Two names of one class next to each other"),
            ("..LLL", "Three names of one class next to each other, the last at the end"),
            (".oL.", "A name of three tokens, and another class right behind it"),
            (".m", "A name of three tokens at the end"),
            ("...", "A text without a name"),
            ("p", "Nothing but a name"),
        )
    ]
    twice = names_pair(rng, ".P.", "A name that comes twice")
    row = {key: value + value for key, value in twice.row.items()}
    found.append(Pair("entities", row, f"ner: {row['text']}", f"{twice.target}; {twice.target}", twice.story, False))  # fmt: skip
    for _ in range(15):
        shape = "".join(rng.choice("PLOMplom...") for _ in range(rng.randint(1, 9)))
        found.append(names_pair(rng, shape, "A row of entities of drawn words"))
    return found


def pronoun_pairs(rng):
    """A pronoun in each of the places that mislead, for each label."""
    found = []
    for label in (0, 1):
        for frame, story in (
            ("*{P}* {w}, {w}.", "A pronoun at the very beginning"),
            ("{w}, {w} *{p}*", "A pronoun at the very end"),
            ("{w}{p}{w} {w} *{p}* {w} {w}{p}.", "A pronoun whose letters stand inside other words too"),
            ("{P} {p} {w} *{p}* {w} {p}.", "A pronoun of which there are others before and behind"),
            ("{w} *{p}* {w} {p} {w}.", "A pronoun that comes once more behind"),
            ("{w} {p}, {w} *{p}*", "A pronoun that came once before"),
            ("Ĉié Zoë {w} {w} *{p}*, {w}.", "A pronoun behind letters with accents"),
        ):
            p = rng.choice(PRONOUNS)
            text = "".join(word(rng) if piece == "{w}" else piece for piece in _pieces(frame))
            text = text.replace("{P}", p.capitalize()).replace("{p}", p)
            found.append(_pronoun_pair(rng, text, label, f"{story}, with label {label}"))
        text = f"{words(rng)} {{}} *it* {{{label}}} {words(rng)}."
        found.append(_pronoun_pair(rng, text, label, "A text with braces in it"))
    return found


def _pieces(frame):
    """A frame, cut before and behind each {w}."""
    cut = frame.split("{w}")
    return [piece for part in cut for piece in (part, "{w}")][:-1]


def _pronoun_pair(rng, text, label, story):
    before, pronoun, after = text.split("*")
    place = (len(before), len(before) + len(pronoun))
    a, b = f"the {word(rng)}", f"the {word(rng)}s"
    row = {"text": before + pronoun + after, "pronoun": rng.choice((list, tuple))(place), "candidate_a": a, "candidate_b": b, "label": label}  # fmt: skip
    return Pair("coreference", row, f"wsc: {text}", (a, b)[label], story, False)


def answer_pairs(rng):
    """Questions with no answer, one, and several."""
    found = []
    for n in (0, 1, 2, 3, 0, 4):
        texts = [f"{word(rng)}{i}" for i in range(n)]
        rng.shuffle(texts)
        context = f"{words(rng)} {' '.join([*sorted(texts), word(rng)])}."
        question = f"{words(rng).capitalize()}?"
        starts = [context.find(text) for text in texts]
        row = {"question": question, "context": context, "answers": {"text": texts, "answer_start": starts}, "is_impossible": not texts}  # fmt: skip
        story = ("A question with no answer", "A question with one answer", "A question with several answers")[min(n, 2)]  # fmt: skip
        found.append(Pair("questions", row, f"question: {question} context: {context}", texts[0] if texts else "unanswerable", story, False))  # fmt: skip
    return found


def odd_pairs(rng):
    """Texts with braces and with white space of their own, in every place."""
    found = []
    for task, columns in COLUMNS.items():
        # each names the next one, and the last the first: whatever is replaced after another one finds a name
        texts = [f"{word(rng)} {{{name}}} {word(rng)}" for name in (*columns[1:], columns[0])]
        found.append(plain_pair(rng, task, 0, texts, "Texts with braces in them"))
        texts = [f"{{{word(rng)}}} {{}} {{0}} {{{{{word(rng)}}}}} }}{{" for _ in columns]
        found.append(plain_pair(rng, task, 1, texts, "Texts with braces in them"))
        texts = [f" {word(rng)}  {word(rng)}\n" for _ in columns]
        found.append(plain_pair(rng, task, 0, texts, "Texts with white space of their own"))
    found.append(plain_pair(rng, "sentiment", 1, [""], "An empty text"))
    return found


def course_pairs(seed, *tasks):
    """Rows of the course's tasks, by the oracle. Between two steps either is right."""
    found = []
    for task in tasks:
        for row in rows(task, seed):
            source, target = recipe.to_text(task, row)
            other = ""
            if task == "similarity" and row["score"] * 5 % 1 == 0.5:
                step = int(row["score"] * 5)
                other = next(s for s in (f"{step / 5:.1f}", f"{(step + 1) / 5:.1f}") if s != target)
            found.append(Pair(task, row, source, target, "A row of the course's own", False, other))
    return found


@lab.check(alone=True)
def to_text(student):
    rng, seed = student.rng, student.rng.randrange(2**31)
    parts = parts_of(
        visible.SCORES + score_pairs(rng) + course_pairs(seed, "similarity"),
        visible.NAMES + names_pairs(rng) + course_pairs(seed, "entities"),
        visible.PRONOUNS + pronoun_pairs(rng) + course_pairs(seed, "coreference"),
        visible.ANSWERS + answer_pairs(rng) + course_pairs(seed, "questions"),
        visible.BRACES + odd_pairs(rng),
    )
    unknown = ["closed_book", "Sentiment", "sst2", "", word(rng)]
    judge_pairs(student, visible.PLAIN + plain_pairs(rng) + course_pairs(seed, *COLUMNS), parts, unknown)


from . import back  # noqa: E402, F401 (`from_text` comes behind `to_text`)
