"""The check of `shift_right`: labels and what the decoder reads, written by hand, and for each usual mistake what it makes of them."""

from dataclasses import dataclass

import torch

from .. import args, part, require, require_dtype
from ..usual import usual
from . import lab

NONE = -100
START, PAD = 7, 5  # others than the defaults, and ids that the labels have, too


@dataclass(frozen=True)
class Case:
    """Labels and what is read of them, long (batch, time). given: start and pad, where they are not left to their defaults of 0."""

    labels: torch.Tensor
    truth: torch.Tensor
    given: tuple = ()
    told: bool = True


def example(labels, truth, *given):
    """A case of lists."""
    return Case(torch.tensor(labels), torch.tensor(truth), given)


PLAIN = [
    example([[11, 12, 13, 1], [21, 22, 23, 24]], [[7, 11, 12, 13], [7, 21, 22, 23]], START, PAD),
    example([[11, 12, 13, 1], [21, 22, 23, 24]], [[0, 11, 12, 13], [0, 21, 22, 23]]),
    example(
        [[5, 7, 0, 0, 5]], [[7, 5, 7, 0, 0]], START, PAD
    ),  # labels that look like start, padding, a default
    example([[11], [21], [31]], [[7], [7], [7]], START, PAD),
]
GAPS = [
    example([[11, 12, 1, NONE, NONE], [NONE, 22, NONE, 24, 1]], [[7, 11, 12, 1, 5], [7, 5, 22, 5, 24]], START, PAD),
    example([[11, 12, 1, NONE, NONE], [NONE, 22, NONE, 24, 1]], [[0, 11, 12, 1, 0], [0, 0, 22, 0, 24]]),
    example([[5, 7, 0, NONE, 5, 11]], [[7, 5, 7, 0, 5, 5]], START, PAD),
    example([[NONE, NONE, NONE]], [[7, 5, 5]], START, PAD),
]  # fmt: skip


def _require_size(found, case):
    """Require the labels' shape and type."""
    batch, time = case.labels.shape
    hints = {
        (batch, time + 1): "The last label is never read: what is moved out on the right falls away",
        (batch, time - 1): "Is `start` missing? It stands in front, and only the last column is left out",
        (time,): "Is that one row alone? Every row is moved",
        (1, time): "Is that one row alone? Every row is moved",
        (batch + 1, time): "Is `start` a row above? It stands in front of each row, as a column",
    }
    got = tuple(found.shape)
    require(
        got == (batch, time),
        "Labels of shape {shape} give what the decoder reads in the same shape; yours has {got}.{hint}",
        shape=(batch, time),
        got=got,
        hint=f" {hints[got]}." if got in hints else "",
    )
    require_dtype(found, torch.long, "the labels")


def _mistakes(case):
    """Pairs (what a usual mistake reads, a sentence)."""
    start, pad = case.given or (0, 0)
    labels, truth = case.labels, case.truth
    gaps = labels == NONE
    late = torch.cat([torch.full_like(labels[:, :1], start), labels[:, :-1]], 1)
    left = torch.cat([labels[:, 1:], torch.full_like(labels[:, :1], start)], 1)
    filled = labels.masked_fill(gaps, pad)
    early = "You move to the left; the decoder reads what comes *before* each place"
    same = "Nothing was moved: each place would read the very token that it is asked for"
    around = "The last label comes round to the front; `start` stands there"
    ends = [(left[:, -1:], start), (left[:, -1:], pad), (left[:, -1:], NONE), (left[:, -1:], 0)]
    rows = torch.cat([torch.full_like(labels[:1], start), labels[:-1]])
    one = torch.cat([late[:1], labels[1:]])
    found = [(each, same) for each in (labels, filled)]
    found += [(torch.cat([x[:, 1:], torch.full_like(end, value)], 1), early) for x in (labels, filled) for end, value in ends]  # fmt: skip
    found += [(x.roll(1, 1), around) for x in (labels, filled)]
    found += [(x.roll(-1, 1), early) for x in (labels, filled)]
    found += [
        (torch.cat([labels[:, :1], labels[:, :-1]], 1), "The first label stands twice; in front stands `start`"),
        (torch.cat([torch.full_like(labels[:, :1], start), labels[:, 1:]], 1), "The first label is written over, and nothing moved; it is the *last* one that falls away"),
        (rows, "You move the rows, along the batch; it is the columns that move, along the time"),
        (rows.masked_fill(rows == NONE, pad), "You move the rows, along the batch; it is the columns that move, along the time"),
        (one, "Only the first row is moved; every one is"),
        (late, "−100 is left in what the decoder reads, and is no id; it reads `pad` there"),
        (late.masked_fill(late == NONE, start), "Where a label was −100 you read `start`; it is `pad`"),
        (late.masked_fill(late == NONE, 0), "Where a label was −100 you read 0: is `pad` used?"),
        (truth.masked_fill(truth == 0, pad), "A label of 0 is a label like any other; only −100 marks a place without one"),
        (truth.masked_fill(truth == pad, start), "A label that is the same as `pad` is a label like any other; only −100 marks a place without one"),
        *((torch.cat([torch.full_like(labels[:, :1], value), truth[:, 1:]], 1), said) for value, said in (
            (0, "In front stands 0: is `start` used?"), (pad, "In front stands `pad`; it is `start` that comes first"), (NONE, "In front stands −100, which is no id; it is `start` that comes first"),
        )),
    ]  # fmt: skip
    found += [
        (torch.zeros_like(labels), "All of it is 0"),
        (truth.float().long(), "Ids have lost their last digits: do they go through floats?"),
    ]
    return [(wrong, said) for wrong, said in found if not torch.equal(wrong, truth)]


def judge(student, plain, gaps):
    """All that is asked of shift_right. plain: cases without −100; gaps: with it."""

    def tried(cases):
        results = student.many([args(case.labels, *case.given) for case in cases])
        for case, found in zip(cases, results, strict=True):
            _require_size(found, case)
            if torch.equal(found, case.truth):
                continue
            start, pad = case.given or (0, 0)
            row, place = (found != case.truth).nonzero()[0].tolist()
            require(
                False,
                "Labels {labels}, start={start}, pad={pad}: row {row} reads {got} at place {place}{truth}.{known}",
                labels=case.labels.tolist() if case.told else f"of shape {tuple(case.labels.shape)}",
                start=start,
                pad=pad,
                row=row,
                place=place,
                got=found[row, place].item(),
                truth=f" and not {case.truth[row, place].item()}" if case.told else ", which is wrong",
                known=usual(found, _mistakes(case)),
            )

    tried(plain)
    with part("places without a label", points=0.5):
        tried(gaps)


@lab.check(points=1, returns=(torch.Tensor,), without=("transformers", "course.widgets"))
def shift_right(student):
    judge(student, PLAIN, GAPS)
    by_name = student(PLAIN[0].labels, pad=PAD, start=START)
    require(
        torch.equal(by_name, PLAIN[0].truth),
        "With start=7, pad=5 given by their names the result is another one than in this order.",
    )
