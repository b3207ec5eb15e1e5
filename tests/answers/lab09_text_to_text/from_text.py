import re

from tests.answers import right, wrong
from tests.answers.lab09_text_to_text.parts import CLASSES, LABELS

TAGS = {word: kind for kind, word in CLASSES.items()}


# --- the steps, of which an answer replaces one ----------------------------------------------------------------------------------
def label_of(task, said):
    return LABELS[task].index(said) if said in LABELS[task] else None


def score_of(said):
    try:
        score = float(said)
    except ValueError:
        return None
    return score if 0 <= score <= 5 else None


def pieces_of(said):
    """(word, name) of each piece; one of them is empty where something is missing."""
    for piece in said.split("; "):
        word, _, name = piece.partition(": ")
        yield word, name


def names_of(said, pieces=pieces_of, tags=TAGS):
    return [(tags[word], name) for word, name in pieces(said) if word in tags and name]


def made(strip=str.strip, label=label_of, score=score_of, names=names_of, text=lambda said: said):
    """The exercise's function, out of its steps."""

    def from_text(task, said):
        said = strip(said)
        if task in LABELS:
            return label(task, said)
        if task == "similarity":
            return score(said)
        if task == "entities":
            return names(said)
        return text(said)

    return from_text


# --- right ---------------------------------------------------------------------------------------------------------------------
@right
def the_steps_of_this_file():
    return made()


@right
def by_patterns():
    """Regular expressions, and pairs as lists."""

    def score(said):
        if re.fullmatch(r"\d+(\.\d*)?|\.\d+", said, re.ASCII) is None:
            return None
        return float(said) if float(said) <= 5 else None

    def names(said):
        kinds = "|".join(CLASSES.values())
        hits = [re.fullmatch(rf"({kinds}): (.+)", piece, re.DOTALL) for piece in said.split("; ")]
        return [[TAGS[hit[1]], hit[2]] for hit in hits if hit]

    return made(score=score, names=names)


@right
def a_table_of_words():
    table = {(task, word): n for task, words in LABELS.items() for n, word in enumerate(words)}

    def score(said):
        try:
            found = float(said)
            return found if min(max(found, 0.0), 5.0) == found else None
        except (ValueError, OverflowError):
            return None

    def from_text(task, said):
        print(said)
        said = " ".join(["", said]).strip()
        if task in {task for task, _ in table}:
            return table.get((task, said))
        return {"similarity": score, "entities": names_of}.get(task, str)(said)

    return from_text


@right
def by_recursion():
    """Names one after the other, and a tuple of them."""

    def names(said):
        first, more, rest = said.partition("; ")
        pair = first.split(": ", maxsplit=1)
        good = len(pair) == 2 and pair[0] in TAGS and pair[1] != ""
        own = ((TAGS[pair[0]], pair[1]),) if good else ()
        return own if not more else own + names(rest)

    def safe(said):  # 1,000 pieces are as many calls as Python allows
        pieces = said.split("; ")
        return sum((names("; ".join(pieces[i : i + 200])) for i in range(0, len(pieces), 200)), ())

    return made(names=safe)


@right
def a_loop_over_the_words():
    def label(task, said):
        for n, word in enumerate(LABELS[task]):
            if word == said:
                return n

    def score(said):
        import math

        try:
            number = float(said)
        except Exception:
            return None
        if math.isnan(number) or number < 0 or number > 5:
            return None
        return number

    def names(said):
        found = []
        for piece in said.split("; "):
            for kind in CLASSES:
                beginning = CLASSES[kind] + ": "
                if piece.startswith(beginning) and len(piece) > len(beginning):
                    found.append((kind, piece[len(beginning) :]))
        return found

    return made(label=label, score=score, names=names)


@right
def whole_numbers_as_they_are():
    """An int where no point was written: it is equal to the float."""

    def score(said):
        found = score_of(said)
        return int(found) if found is not None and said.isdigit() else found

    return made(score=score)


# --- wrong: labels -------------------------------------------------------------------------------------------------------------
@wrong("A model may write anything, and from_text never fails on it", earns=2.25)
def index_alone():
    return made(label=lambda task, said: LABELS[task].index(said))


@wrong("`in` finds it within", earns=2.25)
def the_word_anywhere():
    def label(task, said):
        hits = [n for n, word in enumerate(LABELS[task]) if word in said.split()]
        return label_of(task, said) if said in LABELS[task] else hits[0] if hits else None

    return made(label=label)


@wrong("gives 1; it is 0", earns=0)
def the_second_word_inside():
    """'unacceptable' holds 'acceptable', and 'not_equivalent' 'equivalent'."""
    return made(label=lambda task, said: next((n for n, w in reversed(list(enumerate(LABELS[task]))) if w in said), None))  # fmt: skip


@wrong("Is everything that is not the one word taken for the other?", earns=2.25)
def one_word_or_the_other():
    return made(label=lambda task, said: LABELS[task].index(said) if task == "entailment" else int(said == LABELS[task][1]))  # fmt: skip


@wrong("Is everything that is not the one word taken for the other?", earns=2.25)
def the_first_label_for_nonsense():
    return made(label=lambda task, said: label_of(task, said) or 0)


@wrong("0 is a label too", earns=0)
def zero_taken_for_nothing():
    return made(label=lambda task, said: label_of(task, said) or None)


@wrong("a number that is no label would pass for a guess", earns=2.25)
def minus_one_for_nonsense():
    return made(label=lambda task, said: -1 if label_of(task, said) is None else label_of(task, said))


@wrong("Capitals count", earns=2.25)
def lower_case():
    return made(label=lambda task, said: label_of(task, said.lower()))


@wrong("here a full stop stands behind it", earns=2.25)
def marks_taken_off():
    return made(label=lambda task, said: label_of(task, said.strip(" .!")))


@wrong("no part of it is", earns=2.25)
def the_beginning_is_enough():
    return made(label=lambda task, said: next((n for n, w in enumerate(LABELS[task]) if said and w.startswith(said)), None))  # fmt: skip


@wrong("nothing at all is none", earns=2.25)
def an_empty_beginning_too():
    return made(label=lambda task, said: next((n for n, w in enumerate(LABELS[task]) if w.startswith(said)), None))  # fmt: skip


@wrong("and it has an underscore", earns=2.25)
def blanks_for_underscores():
    return made(label=lambda task, said: label_of(task, said.replace(" ", "_")))


@wrong("the label's number is none", earns=2.25)
def the_number_too():
    return made(label=lambda task, said: int(said) if said in ("0", "1") else label_of(task, said))


@wrong("The word has another number in another task", earns=0)
def one_table_for_all_tasks():
    table = {word: n for words in LABELS.values() for n, word in enumerate(words)}
    return made(label=lambda task, said: table.get(said))


@wrong("this is one of another task", earns=2.25)
def the_words_of_all_tasks():
    table = {word: n for words in LABELS.values() for n, word in enumerate(words)}
    return made(label=lambda task, said: LABELS[task].index(said) if said in LABELS[task] else table.get(said))  # fmt: skip


@wrong("Labels are counted from 0", earns=0)
def counted_from_one():
    def label(task, said):
        found = label_of(task, said)
        return None if found is None else found + 1

    return made(label=label)


@wrong("yours is a text", earns=0)
def the_word_itself():
    return made(label=lambda task, said: said if said in LABELS[task] else None)


@wrong("an int; yours is a bool", earns=0)
def true_and_false():
    def label(task, said):
        found = label_of(task, said)
        return found if found is None or task == "entailment" else found == 1

    return made(label=label)


@wrong("an int; yours is a float", earns=0)
def labels_as_floats():
    return made(label=lambda task, said: None if label_of(task, said) is None else float(label_of(task, said)))  # fmt: skip


@wrong("White space around the text does not count", earns=0)
def white_space_left():
    return made(strip=lambda said: said)


@wrong("White space around the text does not count", earns=0)
def white_space_on_one_side():
    return made(strip=str.rstrip)


# --- wrong: free text ----------------------------------------------------------------------------------------------------------
@wrong("Capitals count", earns=0)
def all_in_lower_case():
    return made(strip=lambda said: said.strip().lower())


@wrong("White space *within* the text is the text's own", earns=0)
def white_space_within():
    return made(strip=lambda said: " ".join(said.split()))


@wrong("any text is an answer, an empty one too", earns=0)
def an_empty_text_is_none():
    return made(text=lambda said: said or None)


@wrong("also where it is `unanswerable`", earns=0)
def unanswerable_is_none():
    return made(text=lambda said: None if said == "unanswerable" else said)


@wrong("whatever it is", earns=0)
def none_is_none():
    return made(text=lambda said: None if said == "none" else said)


@wrong("For this task it is the text itself", earns=0)
def words_for_a_text():
    return made(text=str.split)


# --- wrong: scores -------------------------------------------------------------------------------------------------------------
@wrong('`float` reads "nan"', earns=2.25)
def nan_is_neither():
    def score(said):
        try:
            score = float(said)
        except ValueError:
            return None
        return None if score < 0 or score > 5 else score

    return made(score=score)


@wrong("A score above 5 is no answer; it is not moved to 5", earns=2.25)
def moved_into_the_bounds():
    def score(said):
        try:
            return min(max(float(said), 0.0), 5.0)
        except ValueError:
            return None

    return made(score=score)


@wrong("A score above 5 is no answer", earns=2.25)
def no_bounds():
    def score(said):
        try:
            return float(said)
        except ValueError:
            return None

    return made(score=score)


@wrong("A score below 0 is no answer", earns=2.25)
def no_lower_bound():
    def score(said):
        try:
            return float(said) if float(said) <= 5 else None
        except ValueError:
            return None

    return made(score=score)


@wrong("A model may write anything, and from_text never fails on it", earns=2.25)
def float_alone():
    return made(score=lambda said: float(said) if 0 <= float(said) <= 5 else None)


@wrong("though `isdigit` says that it has only digits", earns=2.25)
def is_digit():
    return made(score=lambda said: float(said) if said.replace(".", "", 1).isdigit() and float(said) <= 5 else None)  # fmt: skip


@wrong("0 is a score too", earns=2.25)
def zero_is_no_score():
    return made(score=lambda said: score_of(said) or None)


@wrong("gives None; it is 5.0", earns=2.25)
def five_is_no_score():
    return made(score=lambda said: None if score_of(said) == 5 else score_of(said))


@wrong("only `to_text` rounds to steps", earns=2.25)
def a_score_rounded():
    return made(score=lambda said: None if score_of(said) is None else round(score_of(said) * 5) / 5)


@wrong("`float`, and not `int`", earns=2.25)
def a_score_cut_off():
    return made(score=lambda said: None if score_of(said) is None else int(score_of(said)))


@wrong("A score is a float, and no text", earns=2.25)
def a_score_as_text():
    return made(score=lambda said: said if score_of(said) is not None else None)


@wrong("A number without a point is a number too", earns=2.25)
def a_point_is_asked_for():
    return made(score=lambda said: score_of(said) if "." in said else None)


@wrong("a comma is no point", earns=2.25)
def a_comma_for_a_point():
    return made(score=lambda said: score_of(said.replace(",", ".")))


@wrong("That is no number, and so no answer", earns=2.25)
def a_number_anywhere():
    def score(said):
        hit = re.search(r"\d+(\.\d+)?$", said)
        return score_of(hit[0]) if hit and said[:1] not in "-³" else None

    return made(score=score)


@wrong("That is no number, and so no answer", earns=2.25)
def zero_for_nonsense():
    def score(said):
        try:
            found = float(said)
        except ValueError:
            return 0.0
        return found if 0 <= found <= 5 else None

    return made(score=score)


# --- wrong: names --------------------------------------------------------------------------------------------------------------
@wrong("A model may write anything, and from_text never fails on it", earns=2)
def two_parts_expected():
    def names(said):
        if said == "none":
            return []
        return [(TAGS[word], name) for word, name in (piece.split(": ") for piece in said.split("; "))]

    return made(names=names)


@wrong("there is no class `thing`", earns=2)
def an_unknown_class():
    return made(names=lambda said: [(TAGS[word], name) for word, name in pieces_of(said) if name])


@wrong("there is no class `thing`", earns=2)
def an_unknown_class_as_none():
    return made(names=lambda said: [(TAGS.get(word), name) for word, name in pieces_of(said) if name])


@wrong("behind `place: ` there is no name", earns=2)
def an_empty_name():
    def names(said):
        parts = (piece.split(": ", 1) for piece in said.split("; "))
        return [(TAGS[pair[0]], pair[1]) for pair in parts if len(pair) == 2 and pair[0] in TAGS]

    return made(names=names)


@wrong("A name may hold a `: ` itself", earns=2)
def split_at_each_colon():
    def names(said):
        parts = (piece.split(": ") for piece in said.split("; "))
        return [(TAGS[p[0]], p[1]) for p in parts if len(p) > 1 and p[0] in TAGS and p[1]]

    return made(names=names)


@wrong("A name may hold a `: ` itself", earns=2)
def left_out_for_two_colons():
    def names(said):
        parts = (piece.split(": ") for piece in said.split("; "))
        return [(TAGS[p[0]], p[1]) for p in parts if len(p) == 2 and p[0] in TAGS and p[1]]

    return made(names=names)


@wrong("A name may hold a `: ` itself", earns=2)
def split_at_the_last_colon():
    def pieces(said):
        for piece in said.split("; "):
            word, _, name = piece.rpartition(": ")
            yield word, name

    return made(names=lambda said: names_of(said, pieces))


@wrong("a semicolon without a blank", earns=2)
def split_at_semicolons():
    def pieces(said):
        for piece in said.split(";"):
            word, _, name = piece.strip().partition(": ")
            yield word, name

    return made(names=lambda said: names_of(said, pieces))


@wrong("What is not a known class, `: ` and a name is left out", earns=2)
def colons_without_a_blank():
    def pieces(said):
        for piece in said.split("; "):
            word, _, name = piece.partition(":")
            yield word, name.removeprefix(" ")

    return made(names=lambda said: names_of(said, pieces))


@wrong("a comma belongs to the name", earns=2)
def split_at_commas_too():
    return made(names=lambda said: [(kind, part) for kind, name in names_of(said) for part in name.split(", ")])  # fmt: skip


@wrong("Of entities there is always a list", earns=2)
def none_for_no_name():
    return made(names=lambda said: names_of(said) or None)


@wrong("turn CLASSES round", earns=2)
def the_words_of_the_classes():
    return made(names=lambda said: names_of(said, tags={word: word for word in TAGS}))


@wrong("The class comes first in a pair", earns=2)
def pairs_turned_round():
    return made(names=lambda said: [pair[::-1] for pair in names_of(said)])


@wrong("Names come as a *list* of pairs", earns=2)
def a_dict_of_names():
    return made(names=lambda said: dict(names_of(said)))


@wrong("Names come as a *list* of pairs", earns=2)
def a_set_of_names():
    return made(names=lambda said: set(names_of(said)))


@wrong("A name that comes twice is in the list twice", earns=2)
def each_name_once():
    return made(names=lambda said: list(dict.fromkeys(names_of(said))))


@wrong("not in the order in which they were written", earns=2)
def sorted_names():
    return made(names=lambda said: sorted(names_of(said)))


@wrong("Names come as a list of pairs of two strings", earns=2)
def names_alone():
    return made(names=lambda said: [name for _, name in names_of(said)])


@wrong("capitals count", earns=2)
def classes_in_any_case():
    return made(names=lambda said: [(TAGS[w.lower()], n) for w, n in pieces_of(said) if w.lower() in TAGS and n])  # fmt: skip


@wrong("a class is written with its word", earns=2)
def tags_as_classes_too():
    both = {**TAGS, **{kind: kind for kind in CLASSES}}
    return made(names=lambda said: names_of(said, tags=both))


@wrong("What is not a known class, `: ` and a name is left out", earns=2)
def all_or_nothing():
    """One piece that is no name, and the whole list is empty."""

    def names(said):
        found = names_of(said)
        return found if len(found) == len(said.split("; ")) else []

    return made(names=names)


# --- wrong: the rest -----------------------------------------------------------------------------------------------------------
@wrong("Is a `return` missing", earns=0)
def nothing_returned():
    def from_text(task, said):
        made()(task, said)

    return from_text


@wrong("Put `return` where `print` is", earns=0)
def printed():
    return lambda task, said: print(made()(task, said))


@wrong("from_text is not written yet", earns=0)
def unwritten():
    def from_text(task, said):
        raise NotImplementedError("from_text")

    return from_text


@wrong("cannot be called as the statement says", earns=0)
def the_text_alone():
    return lambda said: said.strip()


@wrong("yours is a text", earns=0)
def identity():
    return lambda task, said: said


@wrong("from_text returns None for each right answer too", earns=0)
def constant():
    return lambda task, said: None


@wrong("which is wrong", earns=0)
def hard_coded_examples():
    """Right on what stands in the visible check, and None elsewhere."""
    from course.checks.lab09_text_to_text import back

    cases = [*back.WORDS, *back.EMPTY, *back.LOOSE, *back.SCORES, *back.NAMES]
    known = {(case.task, case.text): case.truth for case in cases}
    return lambda task, said: known.get((task, said))
