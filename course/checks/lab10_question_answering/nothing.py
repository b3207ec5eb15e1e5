"""The check of `no_answer_score`: a few windows by hand, and the number that each usual mistake gives."""

import math
from dataclasses import dataclass

from .. import args, require, require_number
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab
from .best import taken, window

INF = math.inf


@dataclass(frozen=True)
class Asked:
    """The windows of one question, `best.Window`s with the same `longest`. told: whether a message may show them."""

    windows: tuple
    story: str
    told: bool = True

    @property
    def longest(self):
        return self.windows[0].longest

    def begin(self):
        if not self.told:
            return f"{self.story} ({len(self.windows)} windows, longest {self.longest})"
        shown = "; ".join(w.begin().partition("(")[2].rpartition(", longest")[0] for w in self.windows)
        return f"{self.story} ({shown}; longest {self.longest})"

    @property
    def given(self):
        return [(w.start, w.end, w.passage) for w in self.windows]


def sums_of(w):
    return w.start.double()[:, None] + w.end.double()


def of_nothing(w):
    return (w.start[0].double() + w.end[0].double()).item()


def of_something(w, allowed=None):
    """The best span's sum of logits, -inf without one."""
    found = taken(sums_of(w), allowed or w.allowed)
    return found[2] if found else -INF


def true_score(case):
    return min(map(of_nothing, case.windows)) - max(map(of_something, case.windows))


def slips(case):
    """Pairs (a wrong number, a sentence)."""
    ws, truth = case.windows, true_score(case)
    nothing, something = [of_nothing(w) for w in ws], [of_something(w) for w in ws]

    def inside(w, test):
        return of_something(w, lambda i, j: w.passage[i] & w.passage[j] & test(i, j))

    def both(w):
        return (w.start[0].item(), w.end[0].item())

    def likely(w):
        a, b = w.start.double().softmax(0), w.end.double().softmax(0)
        found = taken(a[:, None] * b, w.allowed)
        return (a[0] * b[0]).item(), found[2] if found else 0.0

    chance = [likely(w) for w in ws]
    return [
        (-truth, "The sign is turned round: the score of no answer minus that of the best span"),
        (max(nothing) - max(something), "No answer must hold in *all* windows: its score is the smallest over all of them"),
        (sum(nothing) / len(ws) - max(something), "The score of no answer is the smallest over all windows, and not the mean"),
        (nothing[0] - max(something), "The score of no answer is the smallest over *all* windows; you take the first one's"),
        (nothing[-1] - max(something), "The score of no answer is the smallest over *all* windows; you take the last one's"),
        (sum(nothing) - max(something), "The score of no answer is the smallest over all windows, and not the sum"),
        (min(nothing) - min(something), "The score of the best span is the *largest* over all windows"),
        (min(nothing) - something[0], "The best span may stand in any window; you take the first one's"),
        (min(nothing) - something[-1], "The best span may stand in any window; you take the last one's"),
        (min(n - s for n, s in zip(nothing, something, strict=True)), "Each side has its own window: the smallest score of no answer, and the best span of all, are not always of the same one"),
        (max(n - s for n, s in zip(nothing, something, strict=True)), "Each side has its own window: the smallest score of no answer, and the largest of a span"),
        (min(nothing), "That is the score of no answer alone; the best span's is taken off"), (-max(something), "The score of no answer is missing; or does your smallest begin with a 0"),
        (max(something), "That is the score of the best span alone"),
        (min(nothing) - max(of_something(w, lambda i, j: i <= j) for w in ws), "Spans outside of the passage count with you"),
        (min(nothing) - max(inside(w, lambda i, j: i <= j) for w in ws), "Spans of more than `longest` tokens count with you: is it handed on?"),
        (min(nothing) - max(inside(w, lambda i, j: (i <= j) & (j < i + 30)) for w in ws), "Spans of up to 30 tokens count with you: is `longest` handed on?"),
        (min(nothing) - max(inside(w, lambda i, j: (i >= 0) & (j >= 0)) for w in ws), "Spans that end before they begin count with you"),
        (min(nothing) - max(float(w.start.max() + w.end.max()) for w in ws), "The largest start and the largest end are not always a span"),
        (min(a for a, _ in chance) - max(b for _, b in chance), "Those are probabilities, which cannot be compared between windows; take logits"),
        (min(math.log(a) if a else -INF for a, _ in chance) - max(math.log(b) if b else -INF for _, b in chance), "Those are logarithms of probabilities, whose sums differ from window to window; take the logits as they are"),
        (min(both(w)[0] for w in ws) - max(something), "No answer has a start *and* an end, both at place 0"),
        (min(both(w)[0] for w in ws) + min(both(w)[1] for w in ws) - max(something), "The smallest of start + end, and not the smallest start plus the smallest end"),
        (truth if truth < INF else 0.0, "Where no window has a span it is math.inf"),
        (truth if truth < INF else -INF, "Where no window has a span it is plus infinity"),
    ]  # fmt: skip


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    truth = true_score(case)
    return [
        (
            (lambda got, wrong=wrong: isinstance(got, (int, float)) and _same(got, wrong)),
            not _same(truth, wrong),
            said,
        )
        for wrong, said in slips(case)
    ]


def _same(a, b):
    return a == b or math.isclose(float(a), float(b), rel_tol=1e-4, abs_tol=1e-4)


def require_nothing(got, case, slips):
    """Require the score of a case."""
    truth, begin = true_score(case), case.begin()
    require(got is not None, "{begin}: None comes back. A float is asked for; where no window has a span it is math.inf.", begin=begin)  # fmt: skip
    number = got if isinstance(got, float) and math.isinf(got) else require_number(got, "The score")
    require(not math.isnan(number), "{begin}: nan comes out. Infinity minus infinity is nan: what is the score when no window has a span?", begin=begin)  # fmt: skip
    known = known_of(number, slips)
    if not known and any(_same(number, of_nothing(w) - of_something(w)) for w in case.windows):
        known = "That is of one window alone; all of them count"
    require(
        _same(number, truth),
        "{begin}: yours is {got}{truth}.{known}",
        begin=begin, got=f"{number:.4g}", truth=f"; it is {truth:.4g}" if case.told else ", and that is wrong",
        known=f" {ended(known)}" if known else "",
    )  # fmt: skip


def judge_nothing(student, plain, parts):
    """All that is asked of no_answer_score. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda case: args(case.given, case.longest), story=lambda case: f"{case.begin()}: your function fails.{_why(case)}",
        requirement=require_nothing, slips=slips_of,
    )  # fmt: skip


def _why(case):
    """What usually makes a call fail."""
    return " `best_span` gives None where a window has no span." if any(w.truth is None for w in case.windows) else ""  # fmt: skip


def asked(story, *windows):
    return Asked(tuple(windows), story)


def one(start, end, passage="0111", longest=3):
    return window(start, end, passage, longest, "")


ONE = [
    asked("One window that has an answer", one([0, 1, 4, 0], [1, 0, 1, 5])),
    asked("One window that says nothing", one([6, 1, 2, 0], [5, 0, 1, 2])),
]
MORE = [
    asked("Two windows, of which the second has the answer", one([4, 1, 0, 0], [3, 0, 1, 0]), one([-1, 0, 6, 0], [0, 0, 1, 5])),
    asked("Two windows, of which the first has the answer", one([-2, 0, 6, 0], [0, 0, 1, 5]), one([4, 1, 0, 0], [3, 0, 1, 0])),
    asked("Three windows, the best span and the lowest score of no answer in different ones", one([1, 0, 2, 0], [2, 0, 1, 2]), one([3, 0, 7, 0], [5, 0, 2, 6]), one([5, 0, 1, 0], [3, 0, 1, 1])),
]  # fmt: skip
SPANS = [
    asked("The likeliest end stands before the likeliest start", one([0, 1, 0, 4], [0, 5, 1, 0])),
    asked("The likeliest span is too long", one([0, 5, 1, 0], [0, 1, 2, 6], longest=2)),
    asked("The question is likelier than the passage", one([0, 7, 1, 2], [1, 8, 2, 1], "0011")),
    asked("A window without any token of the passage beside another", one([1, 2, 3, 1], [2, 1, 1, 0], "0000"), one([2, 0, 3, 0], [3, 0, 1, 4])),
    asked("No window has a token of the passage", one([1, 2, 3, 1], [2, 1, 1, 0], "0000"), one([1, 2, 3, 1], [2, 1, 1, 0], "0000")),
]  # fmt: skip


def parts_of(more, spans):
    return {"several windows": (1, more), "spans that are allowed": (1, spans)}


@lab.check(points=3, limit=20)
def no_answer_score(student):
    judge_nothing(student.using(finite=False), ONE, parts_of(MORE, SPANS))
