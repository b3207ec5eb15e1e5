"""The check of `pearson_spearman`: short lists whose two correlations are known, and for each usual mistake what it makes of them."""

import math
from dataclasses import dataclass

from .. import args, part, require
from ..sentences import describe
from . import lab
from .correlations import NEAR, judged, known_of, near, number_of, ratio, require_refused

BOTH = "Two numbers are asked for, (pearson, spearman)"
EQUALS = " Where all numbers of a side are equal, or there are fewer than two, both are 0.0."


@dataclass(frozen=True)
class Pairs:
    """Two lists, and their two correlations. story: what is special about them; told: whether a message may show them."""

    truth: list
    guesses: list
    pearson: float
    spearman: float
    story: str
    told: bool = True

    def begin(self):
        """The beginning of a message."""
        return f"{self.story}: truth {self.truth}, guesses {self.guesses}" if self.told else f"{self.story}, {len(self.truth)} of them"  # fmt: skip

    def equal(self):
        """Whether all numbers of a side are equal, or there are fewer than two."""
        return len(set(self.truth)) < 2 or len(set(self.guesses)) < 2

    def why_it_fails(self):
        """What usually makes a call with such lists fail."""
        return EQUALS if self.equal() else _lost(self)


def _sums(xs, ys):
    """The sums of products and of squares, with the means taken off."""
    n = len(xs)
    a, b = math.fsum(xs) / n, math.fsum(ys) / n
    xy = math.fsum((x - a) * (y - b) for x, y in zip(xs, ys, strict=True))
    return xy, math.fsum((x - a) ** 2 for x in xs), math.fsum((y - b) ** 2 for y in ys)


def _of(xs, ys):
    xy, xx, yy = _sums(xs, ys)
    return ratio(xy, math.sqrt(xx * yy))


def _places(numbers, rule):
    """The place of each number in sorted order, from 1. rule: of the places of equal ones."""
    ordered = sorted(range(len(numbers)), key=lambda i: numbers[i])
    if rule == "order":
        found = [0] * len(numbers)
        for place, i in enumerate(ordered, 1):
            found[i] = place
        return found
    if rule == "dense":
        own = sorted(set(numbers))
        return [own.index(x) + 1 for x in numbers]
    return [rule([place for place, i in enumerate(ordered, 1) if numbers[i] == x]) for x in numbers]


def _mean(places):
    return sum(places) / len(places)


def pearson_slips(case):
    """Pairs (a wrong number, a sentence) for the first of the two."""
    n, (xy, xx, yy) = len(case.truth), _sums(case.truth, case.guesses)
    truth, root = case.pearson, math.sqrt(xx * yy)
    products = math.fsum(x * y for x, y in zip(case.truth, case.guesses, strict=True))
    squares = math.fsum(x * x for x in case.truth) * math.fsum(y * y for y in case.guesses)
    mixed = "Above and below the line it is not divided alike: is it by n here, and by n − 1 there? Leave both out"
    return [
        (case.spearman, "That is Spearman's; Pearson's comes first"),
        (-truth, "The sign is turned round" if truth > 0 else "The sign is lost: where one side falls as the other rises it is negative"),
        (truth**2, "That is its square"),
        (100 * truth, "That is in per cent; a number from −1 to 1 is asked for"),
        (xy / n, "That is the covariance: the division by the root is missing"),
        (xy / (n - 1), "That is the covariance: the division by the root is missing"),
        (xy, "The division by the root is missing"),
        (ratio(xy, xx * yy), "Divide by the *root* of the product of both sums of squares"),
        (ratio(xy, xx), "That is the slope of a line through the points: both sums of squares belong below the line"),
        (ratio(xy, yy), "That is the slope of a line through the points: both sums of squares belong below the line"),
        (ratio(xy, xx + yy), "Below the line the two sums of squares are *multiplied*"),
        (truth * (n - 1) / n, mixed),
        (truth * n / (n - 1), mixed),
        (truth / n, "It is divided by the number of pairs once too often"),
        (truth / (n - 1), "It is divided by the number of pairs once too often"),
        (ratio(products, math.sqrt(squares)), "The means are not taken off"),
        (ratio(products, root), "The means are taken off below the line alone"),
        *((round(truth, digits), "That is rounded; give the number as it is") for digits in (0, 1, 2, 3, 4)),
        (0.0, "Is a side taken for one whose numbers are all equal?"),
    ]  # fmt: skip


def spearman_slips(case):
    """The same for the second."""
    ties = "Equal numbers share the *mean* of their places"
    order = f"{ties}; yours get theirs in the order in which they stand, as from a double `argsort`"
    ranked = {rule: [_places(side, rule) for side in (case.truth, case.guesses)] for rule in (_mean, min, max, "dense", "order")}  # fmt: skip
    n, truth = len(case.truth), case.spearman

    def short(rule):
        squares = math.fsum((a - b) ** 2 for a, b in zip(*ranked[rule], strict=True))
        return 1 - 6 * squares / (n * (n * n - 1))

    mean = ranked[_mean]
    once = [sorted(range(n), key=lambda i: side[i]) for side in (case.truth, case.guesses)]
    joined = [a + b for a, b in zip(case.truth, case.guesses, strict=True)]
    concordant = sum((a > c) - (a < c) == (b > d) - (b < d) and a != c for i, (a, b) in enumerate(zip(case.truth, case.guesses, strict=True)) for c, d in list(zip(case.truth, case.guesses, strict=True))[:i])  # fmt: skip
    every = n * (n - 1) / 2
    return [
        (case.pearson, "That is Pearson's again: was it worked out of the ranks?"),
        (_of(*ranked["order"]), order),
        (short(_mean), "The short formula, 1 − 6 Σd² / (n (n² − 1)), is right only where no two numbers are equal; Pearson's of the ranks always is"),
        (_of(*ranked[min]), f"{ties}; yours get the lowest of them"),
        (_of(*ranked[max]), f"{ties}; yours get the highest of them"),
        (_of(*ranked["dense"]), f"{ties}, and the next one stands behind *all* of them; yours counts different numbers alone"),
        (-truth, "The sign is turned round: are the ranks of one side in falling order?" if truth > 0 else "The sign is lost: where one side falls as the other rises it is negative"),
        (truth**2, "That is its square"),
        (100 * truth, "That is in per cent; a number from −1 to 1 is asked for"),
        (_of(*once), "`argsort` tells which number stands at each place; a rank is the place at which each number stands"),
        (_of(mean[0], case.guesses), "Only one side is turned into ranks"),
        (_of(case.truth, mean[1]), "Only one side is turned into ranks"),
        (_of(sorted(case.truth), sorted(case.guesses)), "Each side is sorted for itself, and so no number stands beside its partner any more"),
        (_of(_places(joined, _mean), mean[1]), "Each side has ranks of its own"),
        ((2 * concordant - every) / every, "That is Kendall's, which counts pairs in the same order"),
        (truth * (n - 1) / n, "Above and below the line it is not divided alike: is it by n here, and by n − 1 there?"),
        (truth * n / (n - 1), "Above and below the line it is not divided alike: is it by n here, and by n − 1 there?"),
        *((round(truth, digits), "That is rounded; give the number as it is") for digits in (0, 1, 2, 3, 4)),
        (0.0, "Is a side taken for one whose numbers are all equal?"),
    ]  # fmt: skip


def two_of(found, case):
    """The two numbers of a result as floats."""
    good = isinstance(found, (tuple, list)) and len(found) == 2
    require(
        good,
        "{both}; {begin}: yours is {what}.",
        both=BOTH,
        begin=case.begin(),
        what=describe(found),
    )
    return [number_of(each, f"{name}'s correlation") for name, each in zip(("Pearson", "Spearman"), found, strict=True)]  # fmt: skip


def _lost(case):
    """What usually leads to a strange number, where numbers are large or tiny."""
    for side in (case.truth, case.guesses):
        if max(map(abs, side)) > 1e6 * (max(side) - min(side)):
            return " Take the means off *before* you multiply: in products of large numbers what they differ by is lost. It is lost in float32, too, which keeps seven digits."
        if max(map(abs, side)) < 1e-6:
            return " Numbers that differ, by however little, are not equal: compare them with each other, and not a sum of squares with some small number. And what float32 makes of products of tiny numbers is 0."
    return ""


def require_which(found, case, which):
    """Require Pearson's, or Spearman's, or both of a case. which: the names."""
    got = dict(zip(("Pearson", "Spearman"), two_of(found, case), strict=True))
    truth = {"Pearson": case.pearson, "Spearman": case.spearman}
    if not any(map(math.isnan, got.values())):
        exchanged = near(got["Pearson"], case.spearman) and near(got["Spearman"], case.pearson)
        require(
            not exchanged or near(case.pearson, case.spearman),
            "{begin}: you return Spearman's first. Pearson's comes first, and Spearman's second.",
            begin=case.begin(),
        )
    for name in which:
        require(
            not math.isnan(got[name]),
            "{begin}: {name}'s is nan with you, 0 / 0. {why}",
            begin=case.begin(),
            name=name,
            why="Where all numbers of a side are equal it is 0.0."
            if case.equal()
            else f"And here they are not all equal.{_lost(case)}",
        )
        if near(got[name], truth[name]):
            continue
        if case.equal():
            known = f"{EQUALS} Ask that of the numbers themselves: what is left when a mean is taken off need not be 0."  # fmt: skip
        else:
            slips = pearson_slips if name == "Pearson" else spearman_slips
            nothing = _lost(case) if abs(got[name]) < NEAR else ""  # where other slips are near 0, too
            known = nothing or known_of(got[name], truth[name], slips(case)) or _lost(case)
        require(
            False,
            "{begin}: {name}'s is {got} with you{truth}.{known}",
            begin=case.begin(),
            name=name,
            got=f"{got[name]:.4g}",
            truth=f"; it is {truth[name]:.4g}" if case.told else ", and that is wrong",
            known=known,
        )


def judge_both(student, plain, parts, refused):
    """All that is asked of pearson_spearman. plain: cases whose Pearson must be right for any marks; parts: for each title (points, which, cases)."""
    student = student.using(finite=False)

    def each(cases, which):
        judged(student, cases, lambda c: args(c.truth, c.guesses), lambda found, case: require_which(found, case, which))  # fmt: skip

    each(plain, ["Pearson"])
    for title, (points, which, cases) in parts.items():
        with part(title, points=points):
            each(cases, which)
    with part("lists of two lengths", points=0.25):
        require_refused(student, refused)


APART = [  # no two numbers of a side are equal
    Pairs([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 4.0, 3.0, 50.0], 0.7284283, 0.8, "The order is nearly the same, and one guess is far off"),
    Pairs([3.4, 4.0, 1.6, 1.4, 2.2], [3.8, 1.2, 0.4, 0.0, 2.4], 0.5646767, 0.7, "Five scores"),
    Pairs([1, 2, 3, 4], [9.0, 4, 3.5, 1], -0.9438798, -1.0, "One side falls as the other rises, ints and floats together"),
    Pairs([3, 1, 2], [30, 10, 20], 1.0, 1.0, "The guesses are ten times the truth"),
]  # fmt: skip
TIES = [
    Pairs([0, 1, 1, 2, 4, 4], [1, 0, 3, 3, 3, 5], 0.7467287, 0.7503665, "Some numbers are equal"),
    Pairs([5, 5, 1, 0, 5], [0, 2, 2, 4, 3], -0.5550686, -0.5735393, "Some numbers are equal"),
    Pairs([1, 0, 1, 0, 1], [1, 0, 0, 0, 1], 0.6666667, 0.6666667, "There are two different numbers"),
]
EQUAL = [
    Pairs([1.0, 2.0, 3.0], [4.0, 4.0, 4.0], 0.0, 0.0, "All guesses are equal"),
    Pairs([2, 2, 2], [1, 3, 2], 0.0, 0.0, "All of the truth is equal"),
    Pairs([0.1, 0.1, 0.1], [0.1, 0.1, 0.1], 0.0, 0.0, "All numbers are equal"),
    Pairs([3.8], [2.0], 0.0, 0.0, "One number on each side"),
    Pairs([], [], 0.0, 0.0, "There is nothing in either list"),
]
FAR = [
    Pairs([1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4], [1.0, 3.0, 2.0, 4.0], 0.8, 0.8, "Large numbers that differ by little"),
    Pairs([1e-12, 2e-12, 4e-12], [3e-12, 1e-12, 2e-12], -0.3273268, -0.5, "Tiny numbers"),
]  # fmt: skip
LENGTHS = [
    ([1.0, 2.0, 3.0], [1.0, 2.0], "Three numbers and two guesses"),
    ([1.0, 2.0], [1.0, 2.0, 3.0], "Two numbers and three guesses"),
    ([1.0], [1.0, 2.0], "One number and two guesses"),
    ([], [1.0], "No number and one guess"),
    ([2.0, 2.0, 2.0], [1.0, 1.0], "Three numbers, all equal, and two guesses"),
]


def parts_of(apart, ties, equal, far):
    """The parts that carry points."""
    both = ["Pearson", "Spearman"]
    return {
        "Spearman": (0.5, ["Spearman"], apart),
        "Spearman with equal numbers": (0.5, ["Spearman"], ties),
        "all numbers equal": (0.5, both, equal),
        "large and tiny numbers": (0.25, ["Pearson"], far),
    }


@lab.check(points=3, returns=(tuple, list))
def pearson_spearman(student):
    judge_both(student, APART + TIES, parts_of(APART, TIES, EQUAL, FAR), LENGTHS)
