"""The hidden check of `matthews`. Oracle: the correlation of two columns of 0 and 1, in whole numbers up to the last root, of which
`tests/test_correlation_oracles.py` shows that it is scikit-learn's. That of `pearson_spearman` stands in `ranks`."""

import math
from fractions import Fraction

from course.checks.lab09_text_to_text import correlations as visible
from course.checks.lab09_text_to_text.correlations import Guessed, judge_matthews, parts_of

from . import lab


def root_of(above, below):
    """above / √below for whole numbers or fractions; 0.0 where below is 0."""
    if not below:
        return 0.0
    return math.copysign(math.sqrt(Fraction(above) ** 2 / Fraction(below)), above)


def oracle(labels, guesses):
    """Matthews' correlation."""
    n, guesses = len(labels), [1 - x if y is None else y for x, y in zip(labels, guesses, strict=True)]
    ones, guessed = sum(labels), sum(guesses)
    both = sum(x & y for x, y in zip(labels, guesses, strict=True))
    return root_of(n * both - ones * guessed, (n * ones - ones**2) * (n * guessed - guessed**2))


def case_of(labels, guesses, story):
    return Guessed(labels, guesses, oracle(labels, guesses), story, told=False)


def drawn(rng, n, silent=0.0):
    """A case of n labels and one more of each. silent: the share of guesses that are None."""
    ones, right = rng.uniform(0.2, 0.8), rng.uniform(0.1, 0.95)
    labels = [0, 1, 0, 1, *(int(rng.random() < ones) for _ in range(n))]
    # the first four: one of each kind, so that the root is not 0
    guesses = [0, 1, 1, 0, *(label if rng.random() < right else 1 - label for label in labels[4:])]
    guesses = [None if i > 3 and rng.random() < silent else guess for i, guess in enumerate(guesses)]
    return case_of(labels, guesses, "Drawn labels and guesses")


def with_none(rng, label):
    """A case in which guesses are None for this label, two at least, and for no other."""
    case = drawn(rng, rng.randint(6, 20))
    labels = [*case.labels, label, label]
    guesses = [None if x == label and rng.random() < 0.3 else y for x, y in zip(case.labels, case.guesses, strict=True)]  # fmt: skip
    return case_of(labels, [*guesses, None, None], f"Guesses are None where the label is {label}")


def nothing(rng):
    """Cases in which the root is 0."""
    n = rng.randint(3, 30)
    labels = [0, 1, *(rng.randint(0, 1) for _ in range(n - 2))]
    found = []
    for one in (0, 1):
        found += [
            case_of(labels, [one] * n, f"All guesses are {one}"),
            case_of([one] * n, labels, f"All labels are {one}"),
            case_of([one] * n, [one] * n, f"All labels and all guesses are {one}"),
            case_of([one] * n, [1 - one] * n, f"All labels are {one}, and all guesses are the other"),
            case_of([one] * n, [None] * n, f"All labels are {one}, and all guesses None"),
            case_of([one], [one], f"One label, {one}, and one guess, the same"),
            case_of([one] * n, [None, one] * (n // 2) + [one] * (n % 2), f"All labels are {one}, and some guesses None"),
            case_of(labels, [None if x != one else one for x in labels], f"All guesses are {one} or None, which comes to the same"),
        ]  # fmt: skip
    return found


@lab.check(alone=True)
def matthews(student):
    rng = student.rng
    plain = visible.MIXED + [drawn(rng, rng.randint(3, 40)) for _ in range(25)]
    none = visible.NO_ANSWERS + [with_none(rng, label) for label in (0, 1, 0, 1)]
    none += [drawn(rng, rng.randint(10, 40), silent=rng.uniform(0.2, 0.9)) for _ in range(10)]
    labels = [0, 1, *(rng.randint(0, 1) for _ in range(rng.randint(3, 20)))]
    none.append(case_of(labels, [None] * len(labels), "All guesses are None"))
    many = [*visible.MANY, drawn(rng, 99_996)]  # with the four that come first 100,000
    n = rng.randint(3, 9)
    refused = [
        *visible.LENGTHS,
        (labels, labels + [None] * n, "A few guesses more than labels"),
        (labels + [1] * n, labels, "A few labels more than guesses"),
        ([1] * n, [1] * (n + 1), "All labels are 1, and all guesses, of which there is one more"),
        ([0] * n, [], "Some labels and no guess"),
    ]
    judge_matthews(student, plain, parts_of(none, visible.NOTHING + nothing(rng), many), refused)


from . import ranks  # noqa: E402, F401 (`pearson_spearman` comes behind `matthews`)
