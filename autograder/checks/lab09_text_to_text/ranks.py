"""The hidden check of `pearson_spearman`. Oracle: sums of fractions, exact up to the last root, of which `tests/test_correlation_oracles.py` shows
that they are scipy's; a rank is how many numbers are smaller, and half of how many others are equal."""

from fractions import Fraction

from course.checks.lab09_text_to_text import ranks as visible
from course.checks.lab09_text_to_text.ranks import Pairs, judge_both, parts_of

from . import lab
from .correlations import root_of


def pearson(xs, ys):
    """Pearson's correlation, 0.0 where all numbers of a side are equal."""
    n, xs, ys = len(xs), list(map(Fraction, xs)), list(map(Fraction, ys))
    above = n * sum(x * y for x, y in zip(xs, ys, strict=True)) - sum(xs) * sum(ys)
    return root_of(above, (n * sum(x * x for x in xs) - sum(xs) ** 2) * (n * sum(y * y for y in ys) - sum(ys) ** 2))  # fmt: skip


def ranked(numbers):
    return [sum(y < x for y in numbers) + Fraction(sum(y == x for y in numbers) - 1, 2) for x in numbers]


def spearman(xs, ys):
    return pearson(ranked(xs), ranked(ys))


def case_of(truth, guesses, story):
    return Pairs(truth, guesses, pearson(truth, guesses), spearman(truth, guesses), story, told=False)


def apart(rng):
    """Numbers of which no two of a side are equal: whole ones, others, and both."""
    found = []
    for i in range(20):
        n, slope = rng.randint(4, 25), rng.choice((-2, -0.5, 0, 0.5, 2))
        truth = [x + rng.uniform(-0.4, 0.4) for x in rng.sample(range(40), n)]
        guesses = [slope * x + 1000 * rng.random() ** 3 for x in truth]
        if i % 3 == 0:
            truth = [round(x) for x in truth]
            guesses[::2] = [round(guess) + 2_000 + k for k, guess in enumerate(guesses[::2])]
        if len(set(truth)) == len(set(guesses)) == n:
            found.append(case_of(truth, guesses, "Drawn numbers, no two of a side equal"))
    truth = rng.sample(range(40), 2)
    found.append(case_of(truth, [rng.uniform(-1, 1), rng.uniform(2, 3)], "Two pairs"))
    found.append(case_of(truth, [rng.uniform(2, 3), rng.uniform(-1, 1)], "Two pairs"))
    return found


def ties(rng):
    """Scores in steps, as a model writes them: more pairs than steps."""
    found = []
    for steps in (2, 3, 4, 6, 11, 26) * 3:
        n = rng.randint(steps + 3, steps + 12)
        own = rng.sample([k / 5 for k in range(26)], steps)
        truth = [own[0], own[1], *(rng.choice(own) for _ in range(n - 2))]
        guesses = [own[1], own[0], *(x if rng.random() < 0.5 else rng.choice(own) for x in truth[2:])]
        found.append(case_of(truth, guesses, "Drawn numbers, some of them equal"))
    truth = [rng.uniform(0, 5) for _ in range(12)]
    guesses = [0.2, 0.2, 0.2, *(rng.uniform(1, 5) for _ in truth[3:])]
    found.append(case_of(truth, guesses, "The guesses are equal where they are lowest"))
    found.append(case_of(guesses[::-1], truth, "The truth is equal where it is lowest"))
    return found


def rounded_mean(rng):
    """A list of equal numbers from which a mean, worked out in the plain way, takes off too much or too little."""
    while True:
        number, n = rng.randint(1, 50) / 10, rng.randint(3, 7)
        if sum([number] * n) / n != number:
            return [number] * n


def equal(rng):
    """Sides whose numbers are all equal, and fewer than two numbers."""
    first, second = rounded_mean(rng), rounded_mean(rng)
    n = min(len(first), len(second))
    others = [rng.uniform(0, 5) for _ in first]
    whole = rng.randint(1, 5)
    return [
        case_of(first, first, "All numbers are equal"),
        case_of(first[:1] * n, second[:1] * n, "All numbers of a side are equal"),
        case_of(first, others, "All of the truth is equal"),
        case_of(others, first, "All guesses are equal"),
        case_of([0.0] * 4, others[:1] * 4, "All of the truth is 0, and all guesses are equal"),
        case_of([whole, float(whole), whole], [3, 1, 2], "All of the truth is equal, ints and floats together"),
        case_of(others[:1], first[:1], "One number on each side"),
        case_of([], [], "There is nothing in either list"),
    ]  # fmt: skip


def far(rng):
    """Numbers that are large beside what they differ by, and tiny ones."""
    found = []
    for offset, other in ((1e9, 0.0), (0.0, 1e9), (-1e9, 1e9), (3e8, -2e9)):
        truth = [rng.uniform(0, 3) for _ in range(rng.randint(5, 20))]
        guesses = [x + rng.uniform(-1.5, 1.5) for x in truth]
        found.append(case_of([offset + x for x in truth], [other + x for x in guesses], "Large numbers that differ by little"))  # fmt: skip
    for scale, other in ((1e-12, 1.0), (1.0, 1e-12), (1e-12, 1e-12), (1e12, 1e-12)):
        truth = [rng.uniform(0, 3) for _ in range(rng.randint(5, 20))]
        guesses = [rng.uniform(-1.5, 1.5) - x for x in truth]
        found.append(case_of([scale * x for x in truth], [other * x for x in guesses], "Tiny numbers, or huge ones"))  # fmt: skip
    return found


@lab.check(alone=True)
def pearson_spearman(student):
    rng = student.rng
    own, tied = visible.APART + apart(rng), visible.TIES + ties(rng)
    parts = parts_of(own, tied, visible.EQUAL + equal(rng), visible.FAR + far(rng))
    truth = [rng.uniform(0, 5) for _ in range(rng.randint(4, 9))]
    refused = [
        *visible.LENGTHS,
        (truth, [*truth, 1.0], "A guess more than numbers"),
        ([*truth, 1.0], truth, "A number more than guesses"),
        ([3.0] * 4, truth * 2, "All of the truth is equal, and there are more guesses"),
        (truth, [3.0] * 2, "All guesses are equal, and there are fewer"),
        (truth, [], "Some numbers and no guess"),
    ]
    judge_both(student, own + tied, parts, refused)
