"""The check of `length_penalty`: texts of a few tokens, and what each usual way to count them gives."""

import math
from dataclasses import dataclass

import torch

from .. import args, require, require_shape
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended, looks_like
from . import lab


@dataclass(frozen=True)
class Written:
    """Logits and the tokens that were chosen of them. told: whether a message may show them."""

    logits: torch.Tensor
    written: torch.Tensor
    end: int
    alpha: float
    story: str
    told: bool = True

    def begin(self):
        return f"{self.story} (written {self.written.tolist()}, end {self.end}, alpha {self.alpha:g})" if self.told else self.story  # fmt: skip


def counted(written, end):
    """bool (batch, time): up to and with the first end."""
    is_end = (written == end).long()
    return is_end.cumsum(1) - is_end == 0


def score(
    case, counts=None, lengths=None, alpha=None, chances=lambda logits: logits.double().log_softmax(-1)
):
    """The scores; a mistake replaces what counts in the sum, the lengths, or alpha."""
    all_ = chances(case.logits).gather(-1, case.written[..., None])[..., 0].double()
    own = counted(case.written, case.end)
    counts = own if counts is None else counts
    lengths = own.sum(1) if lengths is None else lengths
    return all_.masked_fill(~counts, 0).sum(1) / lengths.double() ** (case.alpha if alpha is None else alpha)


def slips(case):
    """Pairs (wrong scores, a sentence)."""
    own, every = counted(case.written, case.end), torch.ones_like(case.written, dtype=torch.bool)
    is_end = case.written == case.end
    time = torch.full((len(own),), own.shape[1])
    before = own & ~is_end
    full = math.log(case.logits.shape[-1])
    return [
        (score(case, every, time), "What stands behind the first `end` is padding, and counts neither in the sum nor in the length"),
        (score(case, every), "What stands behind the first `end` is padding: it counts in your sum"),
        (score(case, own, time), "What stands behind the first `end` is padding: it counts in your length"),
        (score(case, before, before.sum(1)), "The first `end` was written, too: it counts in the sum and in the length"),
        (score(case, own, before.sum(1)), "The `end` counts in the length, too"),
        (score(case, before), "The log-probability of the `end` counts in the sum, too"),
        (score(case, ~is_end, (~is_end).sum(1)), "Only what stands up to the *first* `end` counts, and that one with it"),
        (score(case, alpha=0.0), "Is `alpha` used?"), (score(case, alpha=1.0), "That is the mean; the length is raised to the power of `alpha`"),
        (score(case, alpha=-case.alpha), "The sum is *divided* by length ** alpha"),
        (score(case, lengths=own.sum(1) * case.alpha, alpha=1.0), "The length is raised to the power of `alpha`, and not multiplied by it"),
        (score(case) ** 1 * 0 + score(case, alpha=0.0) / ((5 + own.sum(1).double()) / 6) ** case.alpha, "That is the formula of Wu et al. with the 5 in it; the library's is asked for, length ** alpha"),
        (-score(case), "The sign is turned round: log-probabilities are below 0"), (score(case).exp(), "That is a probability; its logarithm is asked for"),
        (score(case, chances=lambda x: x), "Those are logits as they are; a log-softmax over the vocabulary makes log-probabilities of them"),
        (score(case, chances=lambda x: x.double().softmax(-1)), "Those are probabilities; their logarithms are asked for"),
        (score(case, chances=lambda x: x.double().log_softmax(1)), "The softmax goes over the vocabulary, the last axis"),
        (score(case) / math.log(2), "That is in bits; the natural logarithm is asked for"), (score(case) / full, "The logarithm is the natural one"),
        (score(case).sum(), "Each text has a score of its own"), (score(case).mean(), "Each text has a score of its own"),
    ]  # fmt: skip


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    truth = score(case)
    return [
        ((lambda got, wrong=wrong: looks_like(got, wrong)), not looks_like(truth, wrong), said) for wrong, said in slips(case)
    ]  # fmt: skip


def require_scores(got, case, known):
    """Require the scores of a case."""
    truth, begin = score(case), case.begin()
    said = known_of(got, known) if isinstance(got, torch.Tensor) else ""
    require(isinstance(got, torch.Tensor) and got.is_floating_point(), "{begin}: float (batch,) is asked for; yours is {what}.", begin=begin, what=describe(got))  # fmt: skip
    if said.startswith("Each text"):
        require(False, "{begin}: {said}.", begin=begin, said=said)
    require_shape(got, truth.shape, f"{begin}: the scores")
    alone = got.isnan() & (case.written[:, 0] == case.end)
    require(not alone.any(), "{begin}: nan comes out where a text is nothing but its `end`. The `end` counts in the length, which is 1, and in the sum.", begin=begin)  # fmt: skip
    require(not got.isnan().any(), "{begin}: nan comes out. Minus infinity times 0 is nan: `torch.where` leaves out what does not count.", begin=begin)  # fmt: skip
    require(
        looks_like(got, truth),
        "{begin}: the scores are {got}{truth}.{known}",
        begin=begin, got=[round(x, 3) for x in got.tolist()], truth=f"; they are {[round(x, 3) for x in truth.tolist()]}" if case.told else ", and that is wrong",
        known=f" {ended(said)}" if said else "",
    )  # fmt: skip


def judge_scores(student, plain, parts):
    """All that is asked of length_penalty. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda c: args(c.logits, c.written, c.end, c.alpha), story=lambda c: f"{c.begin()}: your function fails.",
        requirement=require_scores, slips=slips_of,
    )  # fmt: skip


def logs(*rows):
    """Logits of probabilities, so that they can be worked out by hand: each row is a token's, over a vocabulary of 4."""
    return torch.tensor(rows).log()


HALF, QUARTER, SURE = [0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.25, 0.25], [0.0, 1.0, 0.0, 0.0]
THREE = torch.stack(
    [logs(HALF, QUARTER, HALF) + 1.5, logs(QUARTER, HALF, QUARTER) - 2, logs(HALF, HALF, HALF)]
)
PLAIN = [
    Written(THREE, torch.tensor([[0, 1, 2], [3, 0, 1], [1, 2, 2]]), 9, 0.0, "Probabilities of a half, a quarter and an eighth, no end"),
    Written(THREE, torch.tensor([[0, 1, 2], [3, 0, 1], [1, 2, 2]]), 9, 1.0, "The same with the mean"),
    Written(THREE, torch.tensor([[0, 1, 2], [3, 0, 1], [1, 2, 2]]), 9, 0.5, "The same with alpha 0.5"),
]  # fmt: skip
ENDED = [
    Written(THREE, torch.tensor([[0, 3, 2], [3, 0, 0], [0, 1, 3]]), 3, 1.0, "Texts that end after two tokens, one and three"),
    Written(THREE, torch.tensor([[3, 3, 3], [0, 0, 3], [0, 3, 3]]), 3, 0.6, "`pad` is the same as `end`, and stands behind it again"),
    Written(THREE, torch.tensor([[1, 0, 2], [0, 0, 2], [1, 1, 0]]), 0, 2.0, "The end has the id 0"),
]  # fmt: skip
EDGE = [
    Written(
        logs(HALF, SURE, SURE)[None],
        torch.tensor([[3, 0, 0]]),
        3,
        1.0,
        "Tokens behind the end that are impossible",
    ),
    Written(logs(HALF)[None], torch.tensor([[3]]), 3, 1.0, "A text of one token"),
    Written(THREE[:1], torch.tensor([[0, 1, 2]]), 9, -1.0, "A negative alpha, which likes short texts"),
]


def parts_of(ended_, edge):
    return {"ends": (0.75, ended_), "at the edge": (0.25, edge)}


@lab.check(points=2)
def length_penalty(student):
    judge_scores(student.using(finite=False), PLAIN, parts_of(ENDED, EDGE))
