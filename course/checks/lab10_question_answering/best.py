"""The check of `best_span`: logits by hand, and which span each usual mistake would take. That of `no_answer_score` stands in `nothing`."""

import math
from dataclasses import dataclass

import torch

from .. import args, require
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab

INF = math.inf
NEAR = 1e-5


def table_of(start, end):
    """P_start times P_end of each pair, float64."""
    return start.double().softmax(0)[:, None] * end.double().softmax(0)


def taken(table, allowed):
    """(first, last, value) of the largest allowed cell, of equals the first row by row; None where there is none.

    allowed: long (n, 1), long (1, n) -> bool (n, n), or one that broadcasts to it.
    """
    place = torch.arange(len(table))
    mask = torch.as_tensor(allowed(place[:, None], place[None])).expand(table.shape)
    if not mask.any():
        return None
    hidden = table.masked_fill(~mask, -INF)
    best = int((hidden if (hidden > -INF).any() else mask.int()).flatten().argmax())
    return (*divmod(best, len(table)), table.flatten()[best].item())


@dataclass(frozen=True)
class Window:
    """Logits, the passage, and the most tokens of an answer. told: whether a message may show them."""

    start: torch.Tensor
    end: torch.Tensor
    passage: torch.Tensor
    longest: int
    story: str
    told: bool = True

    def begin(self):
        if not self.told:
            return f"{self.story} ({len(self.start)} places, longest {self.longest})"
        numbers = (f"{name} {[round(x, 2) for x in t.tolist()]}" for name, t in (("start", self.start), ("end", self.end)))  # fmt: skip
        places = [i for i, inside in enumerate(self.passage.tolist()) if inside]
        return f"{self.story} ({', '.join(numbers)}, passage at {places}, longest {self.longest})"

    def allowed(self, i, j):
        """Whether spans are: places, or tensors of them."""
        return self.passage[i] & self.passage[j] & (i <= j) & (j < i + self.longest)

    @property
    def truth(self):
        """Chosen by the sum of the logits, in which nothing is too small to be told apart; its value is the product."""
        found = taken(self.start.double()[:, None] + self.end.double(), self.allowed)
        return found and (*found[:2], table_of(self.start, self.end)[found[:2]].item())

    def slips(self):
        """Pairs (a wrong span, a sentence)."""
        table, inside, longest = table_of(self.start, self.end), self.passage, self.longest
        sums = self.start.double()[:, None] + self.end.double()
        added = self.start.double().softmax(0)[:, None] + self.end.double().softmax(0)
        i, j = int(self.start.argmax()), int(self.end.argmax())
        p, q = (int(t.masked_fill(~self.passage, -INF).argmax()) for t in (self.start, self.end))
        near = p + int(self.end[p : p + longest].masked_fill(~self.passage[p : p + longest], -INF).argmax())
        fits = self.allowed
        return [
            ((i, j), "Those are the likeliest start and the likeliest end, each for itself; together they are no span that is allowed, or not the likeliest one"),
            ((p, q), "Those are the likeliest start and end of the passage, each for itself; together they are no span that is allowed, or not the likeliest one"),
            ((p, near), "That takes the likeliest start first, and then the best end for it; another *pair* has a larger product"),
            (self._by(table, lambda i, j: inside[i] & inside[j] & ((i - j).abs() < longest)), "A span must not end before it begins"),
            (self._by(table, lambda i, j: inside[i] & inside[j] & (i <= j)), "A span must not have more than `longest` tokens: is it used?"),
            (self._by(table, lambda i, j: inside[i] & inside[j] & (i <= j) & (j <= i + longest)), "That span has one token more than `longest`: from first to last they are last − first + 1"),
            (self._by(table, lambda i, j: inside[i] & inside[j] & (i <= j) & (j < i + longest - 1)), "A span of just `longest` tokens is allowed, too: they are last − first + 1"),
            (self._by(table, lambda i, j: inside[i] & inside[j] & (i < j) & (j < i + longest)), "A span of one token is allowed, too"),
            (self._by(table, lambda i, j: (i <= j) & (j < i + longest)), "The span does not stand in the passage: is `passage` used?"),
            (self._by(table, lambda i, j: inside[i] & (i <= j) & (j < i + longest)), "Its end does not stand in the passage; both ends must"),
            (self._by(table, lambda i, j: inside[j] & (i <= j) & (j < i + longest)), "Its beginning does not stand in the passage; both ends must"),
            (self._by(table, lambda i, j: ~inside[i] & ~inside[j] & (i <= j) & (j < i + longest)), "`passage` is turned round: True = the passage"),
            (self._by(table.T, fits), "Start and end have changed places: is your table the transpose?"),
            (self._by(added, fits), "That has the largest *sum* of the two probabilities; their product is asked for"),
            (self._latest(table, fits), "Another span is as likely, and comes first: the earliest start, and of those the earliest end"),
            (self._by(-sums, fits), "That is the least likely one"),
        ]  # fmt: skip

    def _by(self, table, allowed):
        found = taken(table, allowed)
        return found[:2] if found else None

    def _latest(self, table, allowed):
        last = len(table) - 1
        found = taken(table.flip(0, 1), lambda i, j: allowed(last - i, last - j))
        return (last - found[0], last - found[1]) if found else None


def chances(case, i, j):
    """What usual mistakes give for the probability: pairs (a number, a sentence)."""
    start, end = case.start.double(), case.end.double()
    a, b = start.softmax(0)[i].item(), end.softmax(0)[j].item()
    own_a, own_b = (t.masked_fill(~case.passage, -INF).softmax(0) for t in (start, end))
    table = table_of(start, end)
    place = torch.arange(len(start))
    whole = table[case.allowed(place[:, None], place[None])].sum().item()
    return [
        (a, "That is P_start alone"), (b, "That is P_end alone"),
        ((start[i] + end[j]).item(), "That is the sum of the logits; the probability is asked for"),
        ((start[i] * end[j]).item(), "That is the product of the logits; a softmax makes probabilities of them"),
        (math.log(a * b) if a * b > 0 else INF, "That is the logarithm"), (a + b, "The two probabilities are *multiplied*"), ((a + b) / 2, "The two probabilities are *multiplied*"),
        (math.sqrt(a * b), "That is the root of it"),
        (own_a[i].item() * own_b[j].item(), "Each softmax is over *all* places of the window, and not over those of the passage"),
        (a * b / whole if whole else INF, "The product as it is; it is not divided by that of all allowed spans"),
        (100 * a * b, "That is per cent"), (1 - a * b, "That is turned round"),
    ]  # fmt: skip


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    truth = case.truth and case.truth[:2]

    def pair(got):
        return tuple(got[:2]) if isinstance(got, (tuple, list)) and len(got) == 3 else got

    return [
        ((lambda got, wrong=wrong: pair(got) == wrong), wrong != truth, said) for wrong, said in case.slips()
    ]


def _form(got):
    """Whether it is two ints and a float."""
    good = isinstance(got, (tuple, list)) and len(got) == 3 and isinstance(got[2], float)
    return good and all(isinstance(x, int) and not isinstance(x, bool) for x in got[:2])


def require_best(got, case, slips):
    """Require the best span of a case."""
    truth, begin = case.truth, case.begin()
    if truth is None:
        require(got is None, "{begin}: no span is allowed, so None is asked for; yours gives {what}.", begin=begin, what=describe(got) if not isinstance(got, (tuple, list)) else str(got)[:60])  # fmt: skip
        return
    require(got is not None, "{begin}: yours gives None, and there are spans that are allowed.", begin=begin)
    require(
        _form(got),
        "{begin} should give (first, last, probability), two ints and a float; yours gives {what}.{hint}",
        begin=begin, what=describe(got) if not isinstance(got, (tuple, list)) or len(got) != 3 else ", ".join(map(describe, got)),
        hint=" `.item()` makes a number of a tensor." if isinstance(got, torch.Tensor) or (isinstance(got, (tuple, list)) and any(isinstance(x, torch.Tensor) for x in got)) else "",
    )  # fmt: skip
    pair, n = tuple(got[:2]), len(case.start)
    there = 0 <= pair[0] < n and 0 <= pair[1] < n
    if pair != truth[:2] and not (there and case.allowed(*pair) and _as_likely(case, pair, truth)):
        known = known_of(got, slips) or ("It is not in the window" if not there else "It ends before it begins" if pair[0] > pair[1] else "")  # fmt: skip
        require(False, "{begin}: yours is {got}{truth}.{known}", begin=begin, got=pair, truth=f"; it is {truth[:2]}" if case.told else ", and that is wrong", known=f" {ended(known)}" if known else "")  # fmt: skip
    value = table_of(case.start, case.end)[pair].item()
    known = next((said for wrong, said in chances(case, *pair) if math.isclose(got[2], wrong, rel_tol=1e-4, abs_tol=1e-9) and not math.isclose(value, wrong, rel_tol=1e-4)), "")  # fmt: skip
    require(
        math.isclose(got[2], value, rel_tol=1e-4, abs_tol=NEAR),
        "{begin}: the span is right, and its probability is {got}{truth}.{known}",
        begin=begin, got=f"{got[2]:.4g}", truth=f"; it is {value:.4g}" if case.told else ", which is wrong", known=f" {ended(known)}" if known else "",
    )  # fmt: skip


def _as_likely(case, pair, truth):
    """Whether rounding may have preferred this span. Where both its logits are the same, it cannot: there the rule decides."""
    one, other = ((case.start[i].item(), case.end[j].item()) for i, j in (pair, truth[:2]))
    return one != other and abs(sum(one) - sum(other)) < 1e-5 * (1 + abs(sum(other)))


def judge_best(student, plain, parts):
    """All that is asked of best_span. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda case: args(case.start, case.end, case.passage, case.longest), story=lambda case: f"{case.begin()}: your function fails.",
        requirement=require_best, slips=slips_of,
    )  # fmt: skip


def window(start, end, passage, longest, story):
    """A case of numbers; the passage as a string of 0 and 1."""
    return Window(torch.tensor(start, dtype=torch.float), torch.tensor(end, dtype=torch.float), torch.tensor([c == "1" for c in passage]), longest, story)  # fmt: skip


PLAIN = [
    window([0, 1, 3, 0, 0], [0, 0, 1, 3, 0], "01111", 5, "A likeliest start and a likeliest end that fit"),
    window(
        [0, 1, 0, 4, 1], [0, 0, 3, 0, 2], "01111", 5, "The likeliest end stands before the likeliest start"
    ),
    window([0, 3, 2.8, 0, 0], [0, 0, 1, 0, 3], "01111", 4, "Two starts that are nearly as likely"),
    window([1, 5, 0, 0], [1, 5, 0, 0], "0111", 4, "A span of one token"),
]
LONG = [
    window([0, 3, 0, 2, 0, 0], [0, 0, 1, 0, 0, 3], "011111", 3, "The likeliest span is too long"),
    window([0, 3, 0, 0, 0, 0], [0, 0, 0, 3, 2.5, 0], "011111", 3, "A span of just `longest` tokens"),
    window(
        [0, 3, 0, 0, 0, 0],
        [0, 1, 0, 2, 4, 0],
        "011111",
        3,
        "A span of one token more than `longest` is likelier",
    ),
    window([0, 2, 3, 0], [0, 0, 2.5, 3], "0111", 1, "Spans of one token alone"),
]
OUTSIDE = [
    window([5, 4, 0, 0, 3, 1], [5, 0, 4, 0, 0, 2], "000111", 6, "The question is likelier than the passage"),
    window(
        [0, 0, 0, 3, 1, 1, 0],
        [0, 0, 0, 1, 2, 1, 6],
        "0001110",
        6,
        "The likeliest end stands behind the passage",
    ),
    window(
        [0, 0, 6, 1, 2, 0], [0, 0, 0, 2, 0, 0], "000110", 6, "The likeliest start stands before the passage"
    ),
    window([9, 0, 1, 2], [9, 0, 2, 1], "0011", 4, "[CLS] is the likeliest of all"),
]
EDGE = [
    window([0, 1, 1, 0], [0, 0, 1, 1], "0111", 4, "Four spans that are equally likely"),
    window([0, 0, 0], [0, 0, 0], "011", 2, "All spans are equally likely"),
    window([1, 2, 3], [1, 2, 3], "000", 2, "No token of the passage"),
    window([0, -INF, 2, 1, -INF], [0, -INF, 1, 2, -INF], "01110", 3, "Places of minus infinity"),
    window([0, -40, -41, -42], [0, -43, -41, -40], "0111", 3, "Spans that are all very unlikely"),
    window([30, 2.5, 1], [30, 1, 2], "011", 2, "Large logits"),
]


def parts_of(long, outside, edge):
    return {"too long": (0.5, long), "in the passage alone": (0.75, outside), "at the edge": (0.75, edge)}


@lab.check(points=4, limit=20)
def best_span(student):
    judge_best(student.using(finite=False), PLAIN, parts_of(LONG, OUTSIDE, EDGE))
