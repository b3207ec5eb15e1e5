import collections
import itertools
import math
import re

import numpy as np

from tests.answers import right, wrong
from tests.answers.lab09_text_to_text.parts import CLASSES, LABELS, SOURCES


# --- the steps, of which an answer replaces one ----------------------------------------------------------------------------------
def columns_in(task, row):
    return SOURCES[task].format(**row)


def between_asterisks(text, start, end):
    return f"{text[:start]}*{text[start:end]}*{text[end:]}"


def word_of(task, row):
    return LABELS[task][row["label"]]


def step_of(score):
    return f"{round(score * 5) / 5:.1f}"


def names_in(tokens, tags):
    """[(class, name), …]"""
    names = []
    for token, tag in zip(tokens, tags):
        if tag.startswith("B-"):
            names.append([tag[2:], token])
        elif tag.startswith("I-"):
            names[-1][1] += f" {token}"
    return names


def listed(names):
    return "; ".join(f"{CLASSES[kind]}: {name}" for kind, name in names) or "none"


def meant(row):
    return row["candidate_b"] if row["label"] else row["candidate_a"]


def first_answer(row):
    return (row["answers"]["text"] or ["unanswerable"])[0]


def made(
    source=columns_in,
    marked=between_asterisks,
    word=word_of,
    step=step_of,
    names=names_in,
    listed=listed,
    meant=meant,
    answer=first_answer,
    unknown=ValueError,
    finish=lambda source, target: (source, target),
):
    """The exercise's function, out of its steps."""

    def to_text(task, row):
        if task not in SOURCES:
            raise unknown(task)
        read = dict(row)
        if task in LABELS:
            target = word(task, row)
        elif task == "similarity":
            target = step(row["score"])
        elif task == "entities":
            target = listed(names(row["tokens"], row["tags"]))
        elif task == "coreference":
            read["text"] = marked(row["text"], *row["pronoun"])
            target = meant(row)
        elif task == "questions":
            target = answer(row)
        else:
            target = row[{"summaries": "summary", "translation": "esperanto"}[task]]
        return finish(source(task, read), target)

    return to_text


# --- right ---------------------------------------------------------------------------------------------------------------------
@right
def the_steps_of_this_file():
    return made()


@right
def a_function_for_each_task():
    def entities(row):
        found = ""
        for token, tag in zip(row["tokens"], row["tags"], strict=True):
            kind, _, name = tag.partition("-")
            if kind == "B":
                found += f"; {CLASSES[name]}: {token}"
            if kind == "I":
                found += " " + token
        return found[2:] if found else "none"

    targets = {
        **{task: lambda row, words=words: words[row["label"]] for task, words in LABELS.items()},
        "similarity": lambda row: "%.1f" % (np.round(row["score"] * 5) * 0.2),
        "entities": entities,
        "coreference": lambda row: [row["candidate_a"], row["candidate_b"]][row["label"]],
        "questions": lambda row: next(iter(row["answers"]["text"]), "unanswerable"),
        "summaries": lambda row: row["summary"],
        "translation": lambda row: row["esperanto"],
    }

    def to_text(task, row):
        try:
            target = targets[task](row)
        except KeyError:
            raise ValueError(task) from None
        if task == "coreference":
            letters = list(row["text"])
            start, end = row["pronoun"]
            letters[end:end] = ["*"]
            letters.insert(start, "*")
            row = {**row, "text": "".join(letters)}
        return SOURCES[task].format_map(row), target

    return to_text


@right
def one_pattern_for_all_columns():
    """Columns go in by one `re.sub`, scores through whole numbers, and a list comes back."""

    def to_text(task, row):
        if SOURCES.get(task) is None:
            raise ValueError(f"no task {task}")
        print(task)
        texts = {key: value for key, value in row.items() if isinstance(value, str)}
        if "pronoun" in row:
            start, end = row["pronoun"]
            texts["text"] = row["text"][:start] + "*" + row["text"][start:end] + "*" + row["text"][end:]
        source = re.sub(r"{(\w+)}", lambda hit: texts[hit[1]], SOURCES[task])
        if task == "similarity":
            tenths = 2 * int(math.floor(row["score"] * 5 + 0.5))
            target = f"{tenths // 10}.{tenths % 10}"
        elif task == "questions":
            target = row["answers"]["text"][0] if not row["is_impossible"] else "unanswerable"
        elif task == "entities":
            marks = "".join(tag[0] for tag in row["tags"])
            spans = [hit.span() for hit in re.finditer("BI*", marks)]
            names = [
                CLASSES[row["tags"][a].split("-")[1]] + ": " + " ".join(row["tokens"][a:b]) for a, b in spans
            ]
            target = "; ".join(names) if names else "none"
        elif task == "coreference":
            target = row["candidate_" + "ab"[row["label"]]]
        elif task == "summaries":
            target = row["summary"]
        elif task == "translation":
            target = row["esperanto"]
        else:
            target = LABELS[task][row["label"]]
        return [source, target]

    return to_text


@right
def the_source_piece_by_piece():
    """No `format` at all; names by `groupby`; an exception of its own that is a ValueError."""

    class NoSuchTask(ValueError):
        pass

    def source(task, row):
        text = ""
        for piece in re.split(r"({\w+})", SOURCES[task]):
            text += row[piece[1:-1]] if piece.startswith("{") else piece
        return text

    def names(tokens, tags):
        number = itertools.accumulate(tag[0] == "B" for tag in tags)
        inside = [(n, token, tag) for n, token, tag in zip(number, tokens, tags) if tag != "O"]
        for _, group in itertools.groupby(inside, key=lambda one: one[0]):
            group = list(group)
            yield group[0][2][2:], " ".join(token for _, token, _ in group)

    def step(score):
        return min((f"{n / 5:.1f}" for n in range(26)), key=lambda said: abs(float(said) - score))

    return made(source=source, names=names, step=step, unknown=NoSuchTask)


@right
def a_named_tuple_and_recursion():
    Pair = collections.namedtuple("Pair", "source target")

    def names(tokens, tags):
        starts = [i for i, tag in enumerate(tags) if tag.startswith("B")]
        if not starts:
            return []
        last = starts[-1]
        end = next((i for i in range(last + 1, len(tags)) if tags[i] == "O"), len(tags))
        return [*names(tokens[:last], tags[:last]), (tags[last].removeprefix("B-"), " ".join(tokens[last:end]))]  # fmt: skip

    return made(names=names, finish=Pair, step=lambda score: str(round(score * 5) / 5))


@right
def what_lies_between_two_steps_goes_up():
    return made(step=lambda score: f"{math.floor(score * 5 + 0.5) / 5:.1f}")


# --- wrong: sources ------------------------------------------------------------------------------------------------------------
def replaced(task, row, order=1):
    source = SOURCES[task]
    for name, value in list(row.items())[::order]:
        source = source.replace("{" + name + "}", str(value))
    return source


@wrong("What has been put in is looked at once more", earns=3.75)
def a_chain_of_replaces():
    return made(replaced)


@wrong("What has been put in is looked at once more", earns=3.75)
def a_chain_of_replaces_from_behind():
    return made(lambda task, row: replaced(task, row, -1))


@wrong("What has been put in is looked at once more", earns=3)
def formatted_twice():
    return made(lambda task, row: SOURCES[task].format(**row).format(**row))


@wrong("Is what has been put in looked at once more", earns=3.25)
def the_asterisks_put_into_the_pattern():
    """In coreference an f-string puts the text in, and a `format` is called on what it gives."""

    def to_text(task, row):
        if task == "coreference":
            source = f"wsc: {between_asterisks(row['text'], *row['pronoun'])}".format(**row)
            return source, meant(row)
        return made()(task, row)

    return to_text


@wrong("Braces of the row's own text are lost", earns=3)
def braces_taken_off():
    return made(lambda task, row: re.sub("[{}]", "", columns_in(task, row)))


@wrong("White space of the text is lost", earns=3.75)
def the_source_stripped():
    return made(lambda task, row: columns_in(task, row).strip())


@wrong("White space of the text is lost", earns=3.75)
def the_source_split_and_joined():
    return made(lambda task, row: " ".join(columns_in(task, row).split()))


@wrong("Capitals are lost", earns=0)
def lower_case():
    return made(lambda task, row: columns_in(task, row).lower())


@wrong("The names of the columns still stand in it", earns=0)
def nothing_put_in():
    return made(lambda task, row: SOURCES[task])


@wrong("The task is not named", earns=0)
def no_prefix():
    return made(
        lambda task, row: " ".join(row[name] for name in re.findall(r"{(\w+)}", SOURCES[task])),
    )


@wrong("That is the beginning of another task", earns=0)
def always_the_same_prefix():
    return made(
        lambda task, row: (
            f"sst2 sentence: {row['text']}" if "{text}" in SOURCES[task] else columns_in(task, row)
        )
    )


@wrong("The two texts stand in each other's places", earns=0)
def two_texts_exchanged():
    def source(task, row):
        names = re.findall(r"{(\w+)}", SOURCES[task])
        return SOURCES[task].format(**{a: row[b] for a, b in zip(names, names[::-1])})

    return made(source)


@wrong("One of the two texts stands in both places", earns=0)
def the_first_text_twice():
    def source(task, row):
        names = re.findall(r"{(\w+)}", SOURCES[task])
        return SOURCES[task].format(**dict.fromkeys(names, row[names[0]]))

    return made(source)


@wrong("Something is added at the end", earns=0)
def an_end_of_text():
    return made(lambda task, row: columns_in(task, row) + "</s>")


@wrong("Those are the row's tokens, joined", earns=3.25)
def the_tokens_joined():
    return made(
        lambda task, row: "ner: " + " ".join(row["tokens"]) if task == "entities" else columns_in(task, row)
    )


@wrong("gives the target first", earns=0)
def the_target_first():
    return made(finish=lambda source, target: (target, source))


# --- wrong: coreference --------------------------------------------------------------------------------------------------------
@wrong("The asterisks are missing", earns=3.25)
def no_asterisks():
    return made(marked=lambda text, start, end: text)


@wrong("Each place where the pronoun's letters stand is marked", earns=3.25)
def every_place_replaced():
    return made(marked=lambda text, start, end: text.replace(text[start:end], f"*{text[start:end]}*"))


@wrong("The first place where the pronoun's letters stand is marked", earns=3.25)
def the_first_place_replaced():
    return made(marked=lambda text, start, end: text.replace(text[start:end], f"*{text[start:end]}*", 1))


@wrong("The first place where the pronoun's letters stand is marked", earns=3.25)
def the_first_whole_word():
    return made(
        marked=lambda text, start, end: re.sub(
            rf"\b{text[start:end]}\b", f"*{text[start:end]}*", text, count=1
        )
    )


@wrong("Each place where the pronoun's letters stand is marked", earns=3.25)
def every_whole_word():
    return made(marked=lambda text, start, end: re.sub(rf"\b{text[start:end]}\b", f"*{text[start:end]}*", text))  # fmt: skip


@wrong("The last place where the pronoun's letters stand", earns=3.25)
def the_last_place():
    def marked(text, start, end):
        at = text.rfind(text[start:end])
        return between_asterisks(text, at, at + end - start)

    return made(marked=marked)


@wrong("has *ended* at", earns=3.25)
def the_end_taken_along():
    return made(marked=lambda text, start, end: between_asterisks(text, start, end + 1))


@wrong("has *ended* at", earns=3.25)
def letters_counted_from_one():
    return made(marked=lambda text, start, end: between_asterisks(text, max(start - 1, 0), max(end - 1, 0)))


@wrong("not how long it is", earns=3.25)
def the_end_taken_for_a_length():
    return made(marked=lambda text, start, end: between_asterisks(text, start, start + end))


@wrong("The pronoun itself is lost", earns=3.25)
def the_pronoun_lost():
    return made(marked=lambda text, start, end: f"{text[:start]}**{text[end:]}")


@wrong("There is one asterisk", earns=3.25)
def one_asterisk():
    return made(marked=lambda text, start, end: f"{text[:start]}*{text[start:]}")


@wrong("`*it*` is an example", earns=3.25)
def always_it():
    return made(marked=lambda text, start, end: f"{text[:start]}*it*{text[end:]}")


@wrong("do you count words?", earns=3.25)
def the_word_at_that_place():
    def marked(text, start, end):
        before = len(text[:start].split())
        return " ".join(f"*{word}*" if i == before else word for i, word in enumerate(text.split()))

    return made(marked=marked)


@wrong("counts letters, and not bytes", earns=3.25)
def bytes_counted():
    def marked(text, start, end):
        raw = text.encode()
        return b"*".join([raw[:start], raw[start:end], raw[end:]]).decode(errors="replace")

    return made(marked=marked)


@wrong("That is the other candidate", earns=3.25)
def candidates_exchanged():
    return made(meant=lambda row: row["candidate_a"] if row["label"] else row["candidate_b"])


@wrong("That is the pronoun", earns=3.25)
def the_pronoun_as_target():
    return made(meant=lambda row: row["text"][slice(*row["pronoun"])])


@wrong("That is the column's name", earns=3.25)
def the_name_of_the_candidate():
    return made(meant=lambda row: "candidate_b" if row["label"] else "candidate_a")


@wrong("to_text changed its argument `row` in place", earns=3.25)
def the_asterisks_put_into_the_row():
    def to_text(task, row):
        if task == "coreference":
            row["text"] = between_asterisks(row["text"], *row["pronoun"])
            return columns_in(task, row), meant(row)
        return made()(task, row)

    return to_text


# --- wrong: labels -------------------------------------------------------------------------------------------------------------
@wrong("That is the word for another label", earns=0)
def words_turned_round():
    return made(word=lambda task, row: LABELS[task][::-1][row["label"]])


@wrong("That is the word for another label", earns=0)
def labels_counted_from_one():
    return made(word=lambda task, row: LABELS[task][row["label"] - 1])


@wrong("That is the word for another label", earns=0)
def two_labels_everywhere():
    return made(word=lambda task, row: LABELS[task][1] if row["label"] else LABELS[task][0])


@wrong("That is the label's number", earns=0)
def the_label_as_text():
    return made(word=lambda task, row: str(row["label"]))


@wrong("The target is text as well", earns=0)
def the_label_itself():
    return made(word=lambda task, row: row["label"])


@wrong("That is a word of another task", earns=0)
def the_words_of_another_task():
    return made(word=lambda task, row: LABELS["paraphrase" if task == "duplicates" else task][row["label"]])


@wrong("Capitals are not as in LABELS", earns=0)
def a_capital_in_front():
    return made(word=lambda task, row: word_of(task, row).capitalize())


@wrong("with its underscore", earns=0)
def no_underscores():
    return made(word=lambda task, row: word_of(task, row).replace("_", " "))


@wrong("to_text changed its argument `row` in place", earns=0)
def the_label_taken_out():
    return made(word=lambda task, row: LABELS[task][row.pop("label")])


# --- wrong: scores -------------------------------------------------------------------------------------------------------------
@wrong("It is rounded to steps of 0.2 first", earns=3.5)
def the_score_not_rounded():
    return made(step=str)


@wrong("It is rounded to steps of 0.2 first", earns=3.5)
def the_score_with_one_digit():
    return made(step=lambda score: f"{score:.1f}")


@wrong("You cut off", earns=3.5)
def the_score_cut_off():
    return made(step=lambda score: f"{int(score * 5) / 5:.1f}")


@wrong("You round up", earns=3.5)
def the_score_rounded_up():
    return made(step=lambda score: f"{math.ceil(score * 5) / 5:.1f}")


@wrong("The steps are not of 0.2", earns=3.5)
def half_steps():
    return made(step=lambda score: f"{round(score * 2) / 2:.1f}")


@wrong("a float has more of them than you think", earns=3.5)
def the_digits_of_a_float():
    return made(step=lambda score: str(round(score / 0.2) * 0.2))


@wrong("One digit stands behind the point, always", earns=3.5)
def no_digit_where_it_is_zero():
    return made(step=lambda score: f"{round(score * 5) / 5:g}")


@wrong("One digit stands behind the point, always", earns=3.5)
def two_digits():
    return made(step=lambda score: f"{round(score * 5) / 5:.2f}")


@wrong("That is the number of steps", earns=3.5)
def the_number_of_the_step():
    return made(step=lambda score: str(round(score * 5)))


@wrong("The target is text as well", earns=3.5)
def the_score_as_a_float():
    return made(step=lambda score: round(score * 5) / 5)


# --- wrong: names --------------------------------------------------------------------------------------------------------------
@wrong("Two names next to each other have become one", earns=3.25)
def side_by_side_is_one_name():
    def names(tokens, tags):
        found, before = [], "O"
        for token, tag in zip(tokens, tags):
            if tag != "O" and tag[2:] == before[2:]:
                found[-1][1] += f" {token}"
            elif tag != "O":
                found.append([tag[2:], token])
            before = tag
        return found

    return made(names=names)


@wrong("A name at the end is lost", earns=3.25)
def the_last_name_forgotten():
    def names(tokens, tags):
        found, name = [], None
        for token, tag in zip(tokens, tags):
            if tag.startswith("I-"):
                name[1] += f" {token}"
                continue
            if name:
                found.append(name)
            name = [tag[2:], token] if tag.startswith("B-") else None
        return found

    return made(names=names)


@wrong("Each token stands as a name of its own", earns=3.25)
def each_token_a_name():
    return made(names=lambda tokens, tags: [(tag[2:], token) for token, tag in zip(tokens, tags) if tag != "O"])  # fmt: skip


@wrong("Only the first token of a name is there", earns=3.25)
def the_first_tokens():
    return made(names=lambda tokens, tags: [(tag[2:], token) for token, tag in zip(tokens, tags) if tag[0] == "B"])  # fmt: skip


@wrong("Where there is no name the target is the word `none`", earns=3.25)
def nothing_for_no_name():
    return made(listed=lambda names: listed(names) if names else "")


@wrong("Some way through your code leaves it None", earns=3.25)
def none_for_no_name():
    return made(listed=lambda names: listed(names) if names else None)


@wrong("Classes are named as `CLASSES` has them", earns=3.25)
def the_classes_of_the_tags():
    return made(listed=lambda names: "; ".join(f"{kind}: {name}" for kind, name in names) or "none")


@wrong("Its form is another one", earns=3.25)
def commas_between_names():
    return made(listed=lambda names: listed(names).replace(";", ","))


@wrong("The class comes first", earns=3.25)
def the_name_first():
    return made(listed=lambda names: "; ".join(f"{name}: {CLASSES[kind]}" for kind, name in names) or "none")


@wrong("A name that comes twice is listed twice", earns=3.25)
def each_name_once():
    return made(listed=lambda names: listed(dict.fromkeys(map(tuple, names))))


@wrong("is it a dict by class?", earns=3.25)
def a_dict_by_class():
    return made(listed=lambda names: listed(dict(names).items()))


@wrong("Names of one class stand together", earns=3.25)
def grouped_by_class():
    def together(names):
        groups = {}
        for kind, name in names:
            groups.setdefault(kind, []).append(name)
        return listed([(kind, ", ".join(group)) for kind, group in groups.items()])

    return made(listed=together)


@wrong("The names are not in the order of the text", earns=3.25)
def sorted_names():
    return made(listed=lambda names: listed(sorted(names)))


@wrong("Something is added at the end", earns=3.25)
def a_semicolon_at_the_end():
    return made(listed=lambda names: "".join(f"{CLASSES[kind]}: {name}; " for kind, name in names) or "none")


@wrong("The tokens of a name are joined by *blanks*", earns=3.25)
def tokens_glued():
    return made(names=lambda tokens, tags: [(kind, name.replace(" ", "")) for kind, name in names_in(tokens, tags)])  # fmt: skip


@wrong("or join them", earns=3.25)
def names_as_a_list():
    return made(listed=lambda names: [f"{CLASSES[kind]}: {name}" for kind, name in names] or "none")


@wrong("to_text changed its argument `row` in place", earns=3.25)
def tags_used_up():
    def names(tokens, tags):
        found = []
        for token in tokens:
            tag = tags.pop(0)
            if tag[0] == "B":
                found.append([tag[2:], token])
            elif tag[0] == "I":
                found[-1][1] += f" {token}"
        return found

    return made(names=names)


# --- wrong: questions, and the rest --------------------------------------------------------------------------------------------
@wrong("An empty list has no first text", earns=3.5)
def no_answer_forgotten():
    return made(answer=lambda row: row["answers"]["text"][0])


@wrong("Where the row has no answer the target is the word `unanswerable`", earns=3.5)
def nothing_for_no_answer():
    return made(answer=lambda row: (row["answers"]["text"] or [""])[0])


@wrong("That is not the *first* of the row's answers", earns=3.5)
def the_last_answer():
    return made(answer=lambda row: (row["answers"]["text"] or ["unanswerable"])[-1])


@wrong("These are all of the row's answers", earns=3.5)
def all_answers():
    return made(answer=lambda row: "; ".join(row["answers"]["text"]) or "unanswerable")


@wrong("That is the list as a string", earns=3.5)
def the_list_as_a_string():
    return made(answer=lambda row: str(row["answers"]["text"]) if row["answers"]["text"] else "unanswerable")


@wrong("That is the first *letter* of an answer", earns=3.5)
def the_first_letter():
    return made(answer=lambda row: row["answers"]["text"][0][0] if row["answers"]["text"] else "unanswerable")


@wrong("`english`, again", earns=0)
def the_english_as_target():
    def to_text(task, row):
        source, target = made()(task, row)
        return source, row["english"] if task == "translation" else target

    return to_text


@wrong("ask first whether it is there", earns=3.75)
def a_key_error():
    return made(unknown=KeyError)


@wrong("gives something back", earns=3.75)
def any_task_is_summed_up():
    def to_text(task, row):
        return made()(task, row) if task in SOURCES else ("", "")

    return to_text


@wrong("AssertionError", earns=3.75)
def an_assertion():
    return made(unknown=AssertionError)


@wrong("should return a tuple or a list; yours returned a str", earns=0)
def the_source_alone():
    return made(finish=lambda source, target: source)


@wrong("should return a tuple or a list; yours returned a dict", earns=0)
def a_dict_of_both():
    return made(finish=lambda source, target: {"source": source, "target": target})


@wrong("should give two strings, (source, target); yours is a tuple of length 3", earns=0)
def three_things():
    return made(finish=lambda source, target: (source, target, len(source)))


@wrong("prints its result but returns None", earns=0)
def printed():
    return made(finish=lambda *pair: print(*pair))


@wrong("to_text is not written yet", earns=0)
def unwritten():
    def to_text(task, row):
        raise NotImplementedError("to_text")

    return to_text


@wrong("cannot be called as the statement says", earns=0)
def the_row_alone():
    return lambda row: ("", row["text"])


@wrong("should return a tuple or a list", earns=0)
def identity():
    return lambda task, row: row


@wrong("gives the source", earns=0)
def constant():
    return lambda task, row: ("cola sentence: Ida sings.", "acceptable")


@wrong("the source is wrong", earns=0)
def hard_coded_examples():
    """Right on the rows of the visible check, and the last of them for all others."""
    from course.checks.lab09_text_to_text import texts

    cases = [*texts.PLAIN, *texts.SCORES, *texts.NAMES, *texts.PRONOUNS, *texts.ANSWERS, *texts.BRACES]

    def to_text(task, row):
        if task not in SOURCES:
            raise ValueError(task)
        pair = next((c for c in cases if (c.task, c.row) == (task, row)), cases[-1])
        return pair.source, pair.target

    return to_text
