"""Oracle: a regular expression over a row written in letters, of which `tests/test_entity_oracle.py` shows that it counts as seqeval does."""

import re
from fractions import Fraction

from course.checks import args, part, require_close, require_number
from course.checks.lab06_fine_tuning.entities import require_refused, said

from . import lab

KINDS = ("PER", "LOC", "ORG", "MISC", "ART", "WORK-ART", "WORK-LAW")
BEGIN, INSIDE = "ABCDEFG", "abcdefg"  # a letter for each kind
ENTITY = re.compile("|".join(f"{b}{i}*" for b, i in zip(BEGIN, INSIDE, strict=True)))


def letters(row):
    """A row of tags as one string."""
    known = {f"B-{k}": b for k, b in zip(KINDS, BEGIN, strict=True)} | {f"I-{k}": i for k, i in zip(KINDS, INSIDE, strict=True)}  # fmt: skip
    return "".join(known.get(tag, ".") for tag in row)


def entities(rows):
    """(row, first, end, kind) of each entity."""
    return {(n, *found.span(), found[0][0]) for n, row in enumerate(rows) for found in ENTITY.finditer(letters(row))}  # fmt: skip


def oracle(predicted, true):
    """F1 of exact entities as a Fraction."""
    mine, theirs = entities(predicted), entities(true)
    both = len(mine & theirs)
    if not both:
        return Fraction(0)
    precision, recall = Fraction(both, len(mine)), Fraction(both, len(theirs))
    return 2 * precision * recall / (precision + recall)


def tags(rng, n, kinds=KINDS):
    """A row of n tags, most of them in order, with a stray I- here and there."""
    row = []
    while len(row) < n:
        kind, chance = rng.choice(kinds), rng.random()
        if chance < 0.35:
            row.append("O")
        elif chance < 0.5:
            row.append(f"I-{kind}")
        else:
            row += [f"B-{kind}", *[f"I-{kind}"] * rng.choice((0, 0, 1, 1, 2, 3))]
    return row[:n]


def guess(rng, row, kinds=KINDS):
    """A prediction: the row, with a stretch of another one in most cases."""
    if rng.random() < 0.2:
        return list(row)
    start, end = sorted(rng.randint(0, len(row)) for _ in range(2))
    return [*row[:start], *tags(rng, end - start, kinds), *row[end:]]


@lab.check()
def entity_f1(student):
    rng = student.rng

    def judge(cases):
        results = student.many([args(*case) for case in cases])
        for (predicted, true), result in zip(cases, results, strict=True):
            rows, tokens = len(true), sum(map(len, true))
            short = rows == 1 and tokens < 9
            require_close(
                require_number(result, "F1"),
                float(oracle(predicted, true)),
                "{case}: F1 is another one than yours, {got}.",
                case=f"Predicted: {said(predicted)}. True: {said(true)}" if short else f"{rows} random rows of {tokens} tokens",
            )  # fmt: skip

    def drawn(rows, longest, kinds):
        true = [tags(rng, rng.randint(0, longest), kinds) for _ in range(rows)]
        return [guess(rng, row, kinds) for row in true], true

    judge([drawn(1, 8, KINDS[:2]) for _ in range(80)])
    judge([drawn(rng.randint(2, 12), 15, KINDS) for _ in range(40)])
    with part("many rows, all alike and all different", points=0.5):
        rows = [tags(rng, 12) for _ in range(60)]
        others = rows[1:] + rows[:1]
        judge([(rows, rows), (others, rows), (rows[:1] * 9, rows[:1] * 9), ([["O"] * 12] * 60, rows)])
    with part("rows that do not go together", points=0.5):
        require_refused(student, "".join(rng.choice("pPlL.") for _ in range(rng.randint(3, 9))))
