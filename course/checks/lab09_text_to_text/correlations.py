"""The check of `matthews`: short lists whose correlation is known, and for each usual mistake what it makes of them. That of `pearson_spearman`
stands in `ranks`."""

import math
from dataclasses import dataclass

import torch

from .. import args, part, require
from ..sentences import describe
from ..tries import tried
from ..usual import ended
from . import lab

NEAR = 1e-5  # of float32


LARGE = " The product of four counts may be larger than what a type of fixed size holds, such as int32: it comes round to something else. Python's own ints hold it."


def number_of(value, what):
    """A plain number as a float; says so when it is something else."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    hint = " `.item()` makes a float of it." if isinstance(value, torch.Tensor) else ""
    require(good, "{what} is a float; yours is {got}.{hint}", what=what, got=describe(value), hint=hint)
    try:
        return float(value)
    except OverflowError:  # an int of hundreds of digits
        return math.inf


def near(got, wanted):
    return abs(got - wanted) <= NEAR


def ratio(above, below):
    return above / below if below else math.nan


def known_of(got, truth, slips):
    """The sentence of the slip that gives this number, if there is one. slips: pairs (a wrong number, a sentence)."""
    return next(
        (f" {ended(said)}" for wrong, said in slips if near(got, wrong) and not near(wrong, truth)), ""
    )


# --- Matthews ------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Guessed:
    """Labels, guesses, and their correlation. story: what is special about them; told: whether a message may show them."""

    labels: list
    guesses: list
    truth: float
    story: str
    told: bool = True

    def begin(self):
        """The beginning of a message."""
        return f"{self.story}: labels {self.labels}, guesses {self.guesses}" if self.told else f"{self.story}, {len(self.labels)} of them"  # fmt: skip

    def why_it_fails(self):
        """What usually makes a call with such lists fail."""
        one_kind = len(set(self.labels)) < 2 or len(set(self.guesses)) < 2
        return " Where the root is 0 it is 0.0." if one_kind and self.truth == 0 else ""

    def counts(self, meant):
        """TP, TN, FP, FN, where meant(label, guess) is the guess that is counted; what is not 0 or 1 is left out."""
        pairs = [(label, meant(label, guess)) for label, guess in zip(self.labels, self.guesses, strict=True)]
        return [sum(pair == kind for pair in pairs) for kind in ((1, 1), (0, 0), (0, 1), (1, 0))]

    def slips(self):
        """Pairs (a wrong number, a sentence)."""
        tp, tn, fp, fn = self.counts(lambda label, guess: 1 - label if guess is None else guess)
        factors, n = (tp + fp, tp + fn, tn + fp, tn + fn), max(len(self.labels), 1)
        above, below = tp * tn - fp * fn, math.prod(factors)
        nothing = "Where the root is 0 it is 0.0, also where all guesses are right or all are wrong"
        found = [
            (ratio(tp + tn, n), "That is accuracy, the share of right guesses"),
            (ratio(fp + fn, n), "That is the share of wrong guesses"),
            (ratio(2 * tp, 2 * tp + fp + fn), "That is F1, which does not look at the true negatives"),
            (ratio(tp, tp + fp), "That is precision alone"),
            (ratio(tp, tp + fn), "That is recall alone"),
        ]
        if not below:
            found = [(1.0, nothing), (-1.0, nothing), *found]
        if below:
            truth, plain = above / math.sqrt(below), above / below
            found += [
                (-truth, "The sign is turned round" if truth > 0 else "The sign is lost: guesses that are wrong more often than right have a negative one"),
                (max(truth, 0.0), "Below 0 it is not cut off: it goes down to −1"),
                (100 * truth, "That is in per cent; a number from −1 to 1 is asked for"),
                (truth**2, "That is its square"),
                (plain, "The root is missing: what is below the line is the *root* of the product"),
                ((tp * tn + fp * fn) / math.sqrt(below), "It is TP · TN *minus* FP · FN"),
                (tp * tn / math.sqrt(below), "FP · FN is missing: it is taken off TP · TN"),
                ((tp * fp - tn * fn) / math.sqrt(below), "It is TP · TN − FP · FN: two of the four have changed places"),
                ((tp * fn - fp * tn) / math.sqrt(below), "It is TP · TN − FP · FN: two of the four have changed places"),
                ((tp + tn - fp - fn) / math.sqrt(below), "Above the line stand *products*: TP · TN − FP · FN"),
                (above / math.sqrt(sum(factors)), "Below the line the four sums are *multiplied*"),
                *((above / math.sqrt(below / f), "One of the four sums below the line is missing") for f in factors),
                (round(truth), "That is rounded; give the number as it is"), (round(truth, 1), "That is rounded; give the number as it is"),
                (round(truth, 2), "That is rounded; give the number as it is"), (round(truth, 3), "That is rounded; give the number as it is"),
            ]  # fmt: skip
        wrong = "A guess of None counts as the *wrong* one of the two"
        if None in self.guesses:
            found.insert(0, (0.0, f"{wrong}; yours seems to give up where there is one"))
            for meant, said in (
                (lambda label, guess: guess, f"{wrong}; yours leaves it out"),
                (lambda label, guess: guess or 0, f"{wrong}; yours takes it for 0"),
                (lambda label, guess: 1 if guess is None else guess, f"{wrong}; yours takes it for 1"),
                (
                    lambda label, guess: label if guess is None else guess,
                    f"{wrong}; yours takes it for right",
                ),
            ):
                a, b, c, d = self.counts(meant)
                root = math.sqrt((a + c) * (a + d) * (b + c) * (b + d))
                found.insert(0, ((a * b - c * d) / root if root else 0.0, said))
            guesses = [2 if guess is None else guess for guess in self.guesses]
            third = _of_three_classes(self.labels, guesses)
            found.append((third, f"{wrong}; yours takes it for a third class"))
        return found


def _of_three_classes(labels, guesses):
    """Matthews' correlation of three classes (Gorodkin 2004), as scikit-learn has it."""
    n, kinds = len(labels), (0, 1, 2)
    right = sum(a == b for a, b in zip(labels, guesses, strict=True))
    true, guessed = ([side.count(kind) for kind in kinds] for side in (labels, guesses))
    above = right * n - sum(a * b for a, b in zip(true, guessed, strict=True))
    below = (n * n - sum(a * a for a in true)) * (n * n - sum(b * b for b in guessed))
    return above / math.sqrt(below) if below else 0.0


def require_matthews(found, case):
    """Require the correlation of a case."""
    got = number_of(found, "Matthews' correlation")
    require(
        not math.isnan(got),
        "{begin}: yours is nan, 0 / 0, or the root of what is negative. {why}",
        begin=case.begin(),
        why=LARGE.strip() if len(case.labels) > 9_000 else "Where the root is 0 it is 0.0.",
    )
    require(
        near(got, case.truth),
        "{begin}: your correlation is {got}{truth}.{known}",
        begin=case.begin(),
        got=f"{got:.4g}",
        truth=f"; it is {case.truth:.4g}" if case.told else ", and that is wrong",
        known=known_of(got, case.truth, case.slips()) or LARGE * (len(case.labels) > 9_000),
    )


def require_refused(student, pairs):
    """Require a ValueError where one list is longer. pairs: two lists, with a story."""
    for first, second, story in pairs:
        error = student.error(first, second)
        require(
            error is not None and error.is_a("ValueError"),
            "{story}: that is a ValueError; yours {yours}.",
            story=story,
            yours="gives a number" if error is None else f"raises {error.type}",
        )


def judged(student, cases, call, requirement):
    """Require each case. call: case -> `args`; a case says what usually makes a call with it fail."""
    stories = [f"{case.begin()}: your function fails.{case.why_it_fails()}" for case in cases]
    for case, found in zip(cases, tried(student, [call(c) for c in cases], stories), strict=True):
        requirement(found, case)


def judge_matthews(student, plain, parts, refused):
    """All that is asked of matthews. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    student = student.using(finite=False)

    def each(cases):
        judged(student, cases, lambda c: args(c.labels, c.guesses), require_matthews)

    each(plain)
    for title, (points, cases) in parts.items():
        with part(title, points=points):
            each(cases)
    with part("lists of two lengths", points=0.25):
        require_refused(student, refused)


MIXED = [
    Guessed(
        [1, 1, 1, 0, 1, 1, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        0.4082483,
        "Seven of ten guesses are right",
    ),
    Guessed([0, 0, 1, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0, 0], 0.6454972, "One of two is found, and nothing else"),
    Guessed([1, 1, 1, 0, 0, 1, 0, 1], [1, 1, 1, 0, 1, 0, 0, 1], 0.4666667, "Six of eight guesses are right"),
    Guessed([1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 1], 0.25, "Four of six guesses are right"),
    Guessed([1, 0, 1, 0, 1, 1], [0, 1, 0, 1, 1, 0], -0.7071068, "One of six guesses is right"),
    Guessed([1, 0, 1, 1], [1, 0, 1, 1], 1.0, "All guesses are right"),
    Guessed([1, 0, 1, 1], [0, 1, 0, 0], -1.0, "All guesses are wrong"),
    Guessed([1, 0, 1, 0], [1, 1, 0, 0], 0.0, "The guesses have nothing to do with the labels"),
]
NO_ANSWERS = [
    Guessed([0, 1, 1, 1, 1, 1, 0], [0, 1, 1, 0, None, 1, None], 0.0912871, "Two guesses are None"),
    Guessed(
        [1, 1, 1, 0, 0, 0, 0], [1, None, 0, None, 0, 0, 1], -0.1666667, "Guesses are None for either label"
    ),
    Guessed([1, 1, 1, 0, 0, 0], [1, 1, None, 0, 0, 0], 0.7071068, "A guess is None where the label is 1"),
    Guessed([1, 1, 1, 0, 0, 0], [1, 1, 1, 0, None, 0], 0.7071068, "A guess is None where the label is 0"),
    Guessed([1, 0, 0, 1], [None, None, None, None], -1.0, "All guesses are None"),
]
NOTHING = [
    Guessed([1, 0, 1, 0], [1, 1, 1, 1], 0.0, "All guesses are 1"),
    Guessed([1, 0, 1, 0], [0, 0, 0, 0], 0.0, "All guesses are 0"),
    Guessed([1, 1, 1], [1, 0, 1], 0.0, "All labels are 1"),
    Guessed([1, 1, 1], [1, 1, 1], 0.0, "All labels and all guesses are 1"),
    Guessed([0, 0], [1, 1], 0.0, "All labels are 0, and all guesses are 1"),
    Guessed([1, 1], [None, None], 0.0, "All labels are 1, and all guesses are None"),
    Guessed([], [], 0.0, "There is nothing in either list"),
]
MANY = [
    Guessed([1, 0, 0, 1] * 5_000, [1, 0, 0, 0] * 5_000, 0.5773503, "Lists of many pairs", told=False),
]
LENGTHS = [
    ([1, 0, 1], [1, 0], "Three labels and two guesses"),
    ([1, 0], [1, 0, 1], "Two labels and three guesses"),
    ([], [1], "No label and one guess"),
]


@lab.check(points=2, returns=(float,))
def matthews(student):
    judge_matthews(student, MIXED, parts_of(NO_ANSWERS, NOTHING, MANY), LENGTHS)


def parts_of(no_answers, nothing, many):
    """The parts that carry points."""
    return {
        "guesses of None": (0.5, no_answers),
        "a root of 0": (0.25, nothing),
        "many pairs": (0.25, many),
    }


from . import ranks  # noqa: E402, F401 (`pearson_spearman` comes behind `matthews`)
