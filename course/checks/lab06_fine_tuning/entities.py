"""The check of `entity_f1`: pairs of short rows, on each of which one usual mistake gives another number."""

import torch

from .. import require, require_close, require_number
from ..usual import usual
from . import lab

# p, P: B-PER, I-PER; l, L: B-LOC, I-LOC; a dot: O; the other kinds begin, or end, alike
TAGS = {
    "p": "B-PER", "P": "I-PER", "l": "B-LOC", "L": "I-LOC", ".": "O",
    "a": "B-ART", "w": "B-WORK-ART", "W": "I-WORK-ART", "k": "B-WORK-LAW", "K": "I-WORK-LAW",
}  # fmt: skip


def rows_of(text):
    """Rows of tags from letters, a space between two rows."""
    return [[TAGS[letter] for letter in row] for row in text.split(" ")] if text else []


def said(rows):
    """Rows as a message writes them."""
    return " / ".join(" ".join(row) or "(no token)" for row in rows) or "(no row)"


def require_f1(student, predicted, true, f1, story, mistakes=(), others=True):
    """Require this F1. predicted, true: rows as letters; mistakes: (wrong number, what led there); others: whether any other wrong number is
    refused too, and not left to pairs that say more about it."""
    predicted, true = rows_of(predicted), rows_of(true)
    found = student(predicted, true)
    require(
        not isinstance(found, torch.Tensor),
        "Your F1 is a tensor; a Python float is asked for. `.item()` makes one of it, and none is needed where numbers are counted.",
    )
    got = require_number(found, "F1")
    mistakes = [*mistakes, (100 * f1, "That is in per cent; a number from 0 to 1 is asked for")]
    if not (others or usual(got, mistakes)):
        return
    known = usual(got, mistakes) or MORE * (got > 1.0001)
    require_close(
        got,
        f1,
        "{story}. Predicted: {predicted}. True: {true}. F1 is {f1}; yours is {got}.{known}",
        story=story,
        predicted=said(predicted),
        true=said(true),
        f1=f"{f1:.3g}",
        known=known,
    )


KIND = "Only first and last token are compared; the kind has to be right too"
LAST = "The last token has to be right too, not only the first one: does any I- go on with an entity in your code, or is each one token long?"
FIRST = "The first token has to be right too, not only the last one"
STRAY = "An I- that goes on with nothing is no entity, and begins none"
OTHER_KIND = "An I- of another kind goes on with nothing: the entity ends before it, and the I- is no entity"
ROWS = "That is the mean of the rows' F1; the counts are those of all rows together"
PLACES = "An entity of one row is found in another: which row it stands in belongs to it"
END = "An entity that lasts to the end of its row is lost"
APART = "A B- begins a new entity, also right behind another one: is it swallowed by that, or lost where that one is closed?"
KINDS = "Only kinds are compared; where an entity begins and where it ends belongs to it"
WHOLE = "A kind is all that stands behind B- or I-, however long it is, and with hyphens of its own"
MORE = " F1 is never above 1: is an entity counted more than once, or each with all that it overlaps? Both have what is alike in every part."
OVER = "An entity ends with its row, at the latest"
ROUNDED = "That is rounded; give the number as it is"
GAP = "Behind an O nothing goes on"


@lab.check(points=3, returns=(float,))
def entity_f1(student):
    require_f1(student, "llL.p..", ".lL.p.l", 2 / 3, "Two entities are side by side", [(2 / 5, APART)], others=False)  # fmt: skip
    require_f1(student, "l..p.", ".p..l", 0, "Nothing is both", [(1, KINDS)], others=False)
    require_f1(student, "llLl.pP.p.", "lL.l.pP.p.", 2 / 3, "Three of five entities predicted are true, and three of four true ones are found", [
        (3 / 5, "That is precision alone"), (3 / 4, "That is recall alone"), (27 / 40, "That is the mean of precision and recall; F1 is 2 · precision · recall / (precision + recall)"),
        (1 / 3, "The 2 is missing in 2 · precision · recall / (precision + recall)"), (9 / 10, "The division by precision + recall is missing"), (9 / 20, "That is precision · recall"),
        (1 / 2, "That is what both have, of what either has; F1 is 2 · precision · recall / (precision + recall)"),
        (8 / 10, "That is the share of tags that are right; entities are counted"), (5 / 6, "That is the share of right tags among those that are not O; entities are counted"),
        (10 / 13, "Tags are counted as if each were an entity; an entity may have several"), (12 / 13, "Tags are counted, by their kind; entities are"),
        (8 / 9, LAST), (1, "Is it rounded, or is it enough with you that two entities overlap? First and last token have to be right"), (0.67, ROUNDED), (0.667, ROUNDED), (4 / 7, APART), (0.7, "That is the mean of the kinds' F1; the counts are those of all kinds together")])  # fmt: skip
    require_f1(student, "pP.l.", "pP.p.", 1 / 2, "The second entity has another kind", [(1, KIND), (5 / 6, KIND), (4 / 5, "Tags are counted as if each were an entity")])  # fmt: skip
    require_f1(student, "kK.p.", "wW.p.", 1 / 2, "The first entity has another kind", [(1, WHOLE)])
    require_f1(student, "a..p.", "w..p.", 1 / 2, "The first entity has another kind", [(1, WHOLE)])
    require_f1(student, "pP..l.", "pPP.l.", 1 / 2, "The first entity ends too early", [(1, LAST)])
    require_f1(student, ".pP.l.", "pPP.l.", 1 / 2, "The first entity begins too late", [(1, FIRST)])
    require_f1(student, "..... .lL.l .ll.", "..l.p .lL.l .l..", 2 / 3, "Three rows, in which four entities are predicted, five are true, and three are both", [
        (5 / 9, ROWS), (5 / 6, "That is the mean of the F1 of those rows in which something is predicted; the counts are those of all rows together"),
        (8 / 9, PLACES), (1 / 3, "That is the share of rows that are right"), (3 / 4, "That is precision alone"), (3 / 5, "That is recall alone"), (4 / 7, APART)])  # fmt: skip
    require_f1(
        student, ".pP", ".pP", 1, "All is right, and the entity reaches the end of its row", [(0, END)]
    )
    require_f1(
        student, "l. .l ..", ".. .l l.", 1 / 2, "The same entity in another row", [(1, PLACES), (1 / 3, ROWS)]
    )
    require_f1(student, "pp.l.", "pP.l.", 2 / 5, "Two entities are predicted side by side where one is true", [(1, APART)])  # fmt: skip
    require_f1(student, ".p P.", ".p ..", 1, "A row ends with an entity, and the next one begins with an I-", [(0, OVER), (2 / 3, STRAY)])  # fmt: skip
    require_f1(student, "p..L.", "p....", 1, "An I- behind an O", [(2 / 3, STRAY)])
    require_f1(student, "p.P.", "p...", 1, "An I- behind an O, of the kind of the entity before", [(2 / 3, STRAY), (0, GAP)])  # fmt: skip
    require_f1(student, "pL..", "p...", 1, "An I- of another kind behind a B-", [(2 / 3, f"{OTHER_KIND}, and begins none"), (0, OTHER_KIND)])  # fmt: skip
    require_f1(student, "pLP.l", "p...l", 1, "An I- of another kind, and behind it one of the first kind", [
        (2 / 3, "The last I- goes on with nothing: the entity ended before"), (4 / 5, "One of the two I- is taken for an entity of its own"), (1 / 2, "One of the two I-, or both, are counted"), (0, OTHER_KIND)])  # fmt: skip
    require_f1(student, "p..", "p.L", 1, "An I- behind an O, among the true tags", [(2 / 3, STRAY)])
    nothing = "and F1 is 0, with nothing to divide by"
    for predicted, true, story in (
        ("..", ".p", "Nothing is predicted"),
        (".p", "..", "Nothing is true"),
        ("p.", ".p", "Nothing is both"),
        (".. .", ".. .", f"There is no entity at all, {nothing}"),
        (".P", "L.", f"There are two I- and no entity, {nothing}"),
        ("", "", f"There is no row at all, {nothing}"),
    ):
        require_f1(student, predicted, true, 0, story, [(1, "Where nothing is found it is 0, also where nothing was to be found")])  # fmt: skip
    require_refused(student)


def require_refused(student, letters="pP.l."):
    """Require a ValueError where rows, or the tokens of a row, do not go together."""
    for predicted, true, story in (
        (f"{letters} ..", letters, "Two rows are predicted, and one is true"),
        (letters, f"{letters} ..", "One row is predicted, and two are true"),
        (f"{letters}. ..", f"{letters} ..", "A row has a token more in the prediction"),
        (f"{letters} ..", f"{letters}. ..", "A row has a token fewer in the prediction"),
        (f"{letters} ... .", f"{letters} . ...", "Two rows have other numbers of tokens, and the same number together"),
    ):  # fmt: skip
        error = student.error(rows_of(predicted), rows_of(true))
        require(
            error is not None and error.is_a("ValueError"),
            "{story}: that is a ValueError; yours {yours}.",
            story=story,
            yours="gives a number" if error is None else f"raises {error.type}",
        )
