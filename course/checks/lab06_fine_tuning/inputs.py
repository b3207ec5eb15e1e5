"""The check of `encode_pair`."""

import numpy as np
import torch

from .. import StudentError, args, require
from ..sentences import describe
from ..usual import ended
from . import lab

KEYS = ("input_ids", "token_type_ids", "attention_mask")
# no id is where one may think it stands
VOCABULARY = {"a": 4, "b": 11, "c": 6, "[SEP]": 7, "d": 8, "[PAD]": 3, "e": 5, "f": 10, "[CLS]": 9, "[UNK]": 2, "x": 12, "y": 1, "z": 0}  # fmt: skip


def numbers_of(found, what):
    """A flat list of whole numbers; says so when it is none."""
    whole = isinstance(found, list)
    tensor = isinstance(found, (np.ndarray, torch.Tensor))
    require(
        whole and not any(isinstance(n, (list, tuple)) for n in found),
        "{what} should be one flat list of numbers; yours is {yours}.{hint}",
        what=what,
        yours="a list of lists" if whole else describe(found),
        hint=" `.tolist()` makes a list of it." if tensor else "",
    )
    strange = [n for n in found if not isinstance(n, int)]
    require(
        not strange,
        "{what} should hold whole numbers; yours holds {yours} too.",
        what=what,
        yours=describe(strange[0]) if strange else "",
    )
    return [int(n) for n in found]


def row_of(pieces, segments, vocabulary, most):
    """A finished row as a dict of lists, of pieces and their segments that fit."""
    ids = [vocabulary.get(piece, vocabulary["[UNK]"]) for piece in pieces]
    padding = [0] * (most - len(pieces))
    return {
        "input_ids": ids + [vocabulary["[PAD]"] for _ in padding],
        "token_type_ids": [*segments, *padding],
        "attention_mask": [1] * len(pieces) + padding,
    }


def joined(one, two):
    """(pieces, segments) of texts that fit."""
    return ["[CLS]", *one, "[SEP]", *two, "[SEP]"], [0] * (len(one) + 2) + [1] * (len(two) + 1)


def one_by_one(first, second, room, longer=lambda one, two: one if len(one) > len(two) else two):
    """The texts without what is too much, one token at a time. longer: which of them gives one away."""
    one, two = list(first), list(second)
    while len(one) + len(two) > room:
        (longer(one, two) or one or two).pop()
    return one, two


def other_cuts(first, second, room, cut):
    """Usual mistakes in what is cut: [(one, two), sentence]."""
    both = len(first) + len(second)
    if both <= room:
        return []
    kept = [len(t) for t in one_by_one(first, second, room)]
    share = round(room * len(first) / both) if both else 0
    longest = [
        ((first[len(first) - kept[0] :], second[len(second) - kept[1] :]), "Tokens go from the end"),
        (one_by_one(first, second, room, lambda one, two: one if len(one) >= len(two) else two), "Where both are as long the second loses a token"),
        ((first[:room], second[: max(0, room - len(first))]), "The second alone is cut; with \"longest\" each token is taken from the one that is longer then"),
        ((first[: max(0, room - len(second))], second[:room]), "The first alone is cut; with \"longest\" each token is taken from the one that is longer then"),
        ((first[:share], second[: room - share]), "Both lose in proportion; it goes token by token, each time from the longer one"),
        ((first[: (room + 1) // 2], second[: room // 2]), "Each gets half of the room; what the shorter one does not need belongs to the longer one"),
        ((first[: room // 2], second[: room // 2]), "The first gets half of the room at most, and nobody asks which text is longer; what the shorter one does not need belongs to the longer one"),
        (one_by_one(first, second, room, lambda one, two: one if len(one) < len(two) else two), "The *shorter* one is cut; each token is taken from the longer one"),
    ]  # fmt: skip
    alone = [
        ((first, second[len(second) - max(0, room - len(first)) :]), "Tokens go from the end"),
        (one_by_one(first, second, room), "That is what \"longest\" does; with \"second\" the first text stays whole"),
        ((first[: max(0, room - len(second))], second), "The first is cut; with \"second\" it stays whole"),
    ]  # fmt: skip
    return [
        *(longest if cut == "longest" else alone),
        ((first, second), "Nothing is cut: is `max_length` used?"),
    ]


def other_rows(one, two, first, second, most, cut):
    """Usual mistakes in a row of pieces: [(pieces, sentence)]. one, two: what should be left of the texts."""
    whole = joined(first, second)[0]
    found = [
        ([*one, *two], "The marks are missing"),
        (["[CLS]", *one, *two, "[SEP]"], "There is a [SEP] behind each text"),
        (["[CLS]", *one, "[SEP]", *two], "The last [SEP] is missing"),
        (["[CLS]", *one, "[SEP]", "[SEP]", *two, "[SEP]"], "One [SEP] stands between the texts"),
        (["[CLS]", *one, "[SEP]", "[CLS]", *two, "[SEP]"], "There is one [CLS], at the beginning"),
        (joined(two, one)[0], "The texts have changed places"),
        *((joined(*each)[0], said) for each, said in other_cuts(first, second, most - 3, cut)),
        (whole[:most], "The finished row is cut at its end; the *texts* are cut, and the marks stay"),
        ([*whole[: most - 1], "[SEP]"], "The finished row is cut at its end; the *texts* are cut, each by the rule"),
    ]  # fmt: skip
    little = "There is room for more: three marks, and the rest for the texts"
    much = "The row is longer than `max_length`: the marks need room too, all three of them"
    for fewer, why in ((1, little), (2, little), (3, little), (-1, much), (-2, much), (-3, much)):
        room = max(0, most - 3 - fewer)
        other = one_by_one(first, second, room) if cut == "longest" else (first, second[: max(0, room - len(first))])  # fmt: skip
        found.append((joined(*other)[0], why))
    return [(pieces, said) for pieces, said in found if pieces != joined(one, two)[0]]


def story_of(first, second, most, cut):
    """What was asked for, as a message begins; `rows_from` leaves out a `cut` that is the longest."""
    said = '(no `cut` given, so it is "longest")' if cut == "longest" else f'cut="{cut}"'
    return f"Texts of {len(first)} and {len(second)} tokens, max_length={most}, {said}"


def require_row(result, one, two, given, told=True, left_out=""):
    """Require the row of the texts `one` and `two`. given: (first, second, vocabulary, most, cut), what the student was given; told:
    whether the right row may be told; left_out: what to say of further arguments that were left out."""
    first, second, vocabulary, most, cut = given
    missing = [key for key in KEYS if key not in result]
    require(
        not missing,
        "Return a dict with “input_ids”, “token_type_ids” and “attention_mask”; yours is without “{missing}”.",
        missing=missing[0] if missing else "",
    )
    rows = {key: numbers_of(result[key], f"“{key}”") for key in KEYS}
    pieces, segments = joined(one, two)
    truth = row_of(pieces, segments, vocabulary, most)
    story = f"{story_of(first, second, most, cut)}{left_out}"
    _require_ids(rows["input_ids"], truth["input_ids"], pieces, one, two, given, story, told)
    for key in KEYS[1:]:
        require(
            len(rows[key]) == most,
            "{story}: “{key}” has {n} numbers, and {most} are asked for: one for each place, padding too.",
            story=story,
            key=key,
            n=len(rows[key]),
            most=most,
        )
    padding = [0] * (most - len(pieces))
    n, m = len(one) + 2, len(two) + 1
    hints = {
        "token_type_ids": [
            ([0] * (n - 1) + [1] * (m + 1) + padding, "The first [SEP] ends segment 0 and belongs to it"),
            ([0] * n + [1] * (m - 1) + [0, *padding], "The last [SEP] belongs to the second text"),
            ([0] * n + [1] * m + [1 for _ in padding], "Padding has segment 0"),
            ([0] * n + [1] * (m - 1) + [0] + [1 for _ in padding], "Padding has segment 0, and the last [SEP] is the second text's"),
            ([1] * n + [0] * m + padding, "They are turned round: the first text is segment 0"),
            ([1] * n + [2] * m + padding, "Segments count from 0"),
            ([0] * most, "They are all 0: those of the second text and of its [SEP] are 1"),
            ([1, *[0] * (n - 1), *[1] * m, *padding], "[CLS] is segment 0"),
            (truth["attention_mask"], "That is the attention mask"),
        ],
        "attention_mask": [
            ([int(n != vocabulary["[PAD]"]) for n in truth["input_ids"]], "A piece [PAD] *in* a text is a token like any other; what fills the row up follows from the lengths"),
            ([int(n != 0) for n in truth["input_ids"]], "0 is the id of some other piece here, and [PAD] has another id; what fills the row up follows from the lengths"),
            ([1] * most, "Padding has a 0 there"),
            ([1 - each for each in truth["attention_mask"]], "It is turned round: 1 is a real token"),
            ([0, *truth["attention_mask"][1:]], "[CLS] is read like any other token: 1"),
            ([int(p not in ("[CLS]", "[SEP]")) for p in pieces] + padding, "The marks are read like any other token: 1"),
            ([int(p in vocabulary) for p in pieces] + padding, "[UNK] is read like any other token: 1"),
            (truth["token_type_ids"], "Those are the segments"),
        ],
    }  # fmt: skip
    for key in KEYS[1:]:
        known = next((f" {ended(said)}" for wrong, said in hints[key] if wrong == rows[key]), "")
        require(
            rows[key] == truth[key],
            "{story}: “{key}” {truth}yours is {got}.{known}",
            story=story,
            key=key,
            truth=f"is {truth[key]}; " if told and most < 12 else "is another one; ",
            got=str(rows[key])[:160],
            known=known,
        )


def _require_ids(ids, truth, pieces, one, two, given, story, told):
    """The first of a row's three lists."""
    first, second, vocabulary, most, cut = given
    names = {number: piece for piece, number in vocabulary.items()}
    read = [names.get(number, str(number)) for number in ids]
    written = list(ids)
    while written and written[-1] == vocabulary["[PAD]"]:
        written.pop()

    def as_ids(wanted):
        return [vocabulary.get(piece, vocabulary["[UNK]"]) for piece in wanted]

    strange = [p for p in pieces if p not in vocabulary]
    known = next((said for wrong, said in other_rows(one, two, first, second, most, cut) if as_ids(wrong) == written), "")  # fmt: skip
    if not known:
        bare = [vocabulary[p] for p in pieces if p in vocabulary]
        pad = vocabulary["[PAD]"]
        padding = most - len(pieces)
        guessed = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3} | {"[CLS]2": 101, "[SEP]2": 102, "[UNK]2": 100}  # fmt: skip
        if strange and written == bare:
            known = "A piece that the vocabulary does not have is left out; it becomes [UNK]"
        elif strange and written == [vocabulary.get(p, pad) for p in pieces]:
            known = "A piece that the vocabulary does not have becomes [PAD] with you; it is [UNK]"
        elif padding and ids == [pad] * padding + as_ids(pieces):
            known = "Padding stands behind, not in front"
        elif (len(ids) == most and any(
            ids == [guess.get(p, vocabulary.get(p, guess["[UNK]"])) for p in [*pieces, *["[PAD]"] * padding]]
            for guess in ({m: guessed.get(m + tail, 0) for m in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")} for tail in ("", "2"))
        )) or ids == as_ids(pieces) + [0] * padding:  # fmt: skip
            known = "The ids of the marks are those of `vocabulary`, which are others here"
    right = " ".join(pieces) if told else "another one"
    require(
        as_ids(pieces) == written,
        "{story}: the row is {right}; yours is {got}.{known}",
        story=story,
        right=right + (f", with [UNK] for {' and '.join(strange[:3])}" if told and strange else ""),
        got=" ".join(read)[:200] or "empty",
        known=f" {ended(known)}" if known else "",
    )
    require(
        len(ids) == most,
        "{story}: “input_ids” has {n} numbers, and {most} are asked for: [PAD] up to `max_length`.",
        story=story,
        n=len(ids),
        most=most,
    )


def rows_from(student, cases):
    """What the student makes of rows that can be made. cases: (first, second, vocabulary, most, cut) each."""
    calls = [args(*case) if case[-1] != "longest" else args(*case[:-1]) for case in cases]
    results = student.many(calls, errors="keep")
    for (first, second, _, most, cut), result in zip(cases, results, strict=True):
        if isinstance(result, StudentError):
            require(
                not result.is_a("ValueError"),
                "{story}: that row can be made, and yours raises {error}",
                story=story_of(first, second, most, cut),
                error=str(result),
            )
            raise result
    return results


def require_refused(student, first, second, most, cut, why, vocabulary=VOCABULARY):
    """Require a ValueError."""
    error = student.error(first, second, vocabulary, most, cut)
    require(
        error is not None and error.is_a("ValueError"),
        "Texts of {n} and {m} tokens, max_length={most}, cut={cut!r}: {why}, so that is a ValueError; yours {yours}.",
        n=len(first),
        m=len(second),
        most=most,
        cut=cut,
        why=why,
        yours="gives a row" if error is None else f"raises {error.type}",
    )


NO_MARKS = "three marks do not fit"
NO_QUESTION = "the first text does not fit, which stays whole"
NO_PASSAGE = "no token of the second text would be left"
NO_CUT = "there is no such cut"


@lab.check(points=3, returns=(dict,))
def encode_pair(student):
    a, b = ["a", "b", "c"], ["x", "y"]

    def row(first, second, most, one, two, cut="longest", vocabulary=VOCABULARY):
        given = (first, second, vocabulary, most, cut)
        require_row(rows_from(student, [given])[0], one, two, given)

    row(a, b, 8, a, b)
    row(["a", "z"], b, 11, ["a", "z"], b)
    row(a, b, 11, a, b)
    row(["a", "ä", "c"], ["ß", "y"], 10, ["a", "ä", "c"], ["ß", "y"])
    six, three = list("abcdef"), list("xyz")
    row(list("abcdefyzb"), ["x"], 8, six[:4], ["x"])
    row(six, list("xyzfe"), 10, six[:4], list("xyz"))
    row(six, three, 9, six[:3], three)
    row(three, six, 9, three, six[:3])
    row(six, three, 8, six[:3], three[:2])
    row(six, ["x"], 8, six[:4], ["x"])
    row(six, three, 10, six[:4], three)
    row(a, three, 4, a[:1], [])
    row(a, b, 3, [], [])
    row(three, six, 9, three, six[:3], "second")
    row(a, six, 8, a, six[:2], "second")
    row(six, three, 10, six, three[:1], "second")
    row(a, six, 12, a, six, "second")
    row(a, [], 6, a, [], "second")
    result = student(a, b, VOCABULARY)
    left_out = ", and no `max_length`, so it is the 64 of the signature"
    require_row(result, a, b, (a, b, VOCABULARY, 64, "longest"), left_out=left_out)
    require_refused(student, a, b, 2, "longest", NO_MARKS)
    require_refused(student, [], [], 2, "second", NO_MARKS)
    require_refused(student, six, three, 9, "second", NO_PASSAGE)
    require_refused(student, six, three, 8, "second", NO_QUESTION)
    require_refused(student, six, [], 8, "second", NO_QUESTION)
    require_refused(student, six, three, 9, "first", NO_CUT)
    require_refused(student, a, b, 20, "both", f"{NO_CUT}, also where nothing is too long")
