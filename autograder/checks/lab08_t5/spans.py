"""Oracle: the numbers by exact fractions, and of the draws the frequencies of all ways to cut.

Bounds: 6 standard deviations of the normal number that a chi-squared is like, and 7 of a binomial, whose tail is longer: a
right answer is outside in less than one class of a million.
"""

from fractions import Fraction

from course.checks import args, part, require
from course.checks.chance import within
from course.checks.lab08_t5.cuts import Case, judge_cuts, runs_of
from course.checks.lab08_t5.spans import judge_errors, judge_numbers, judge_seeds

from . import lab


def nearest(number: float) -> int:
    """The nearest whole number, of two the even one: what a float holds is a fraction, and exact."""
    whole, rest = divmod(Fraction(number), 1)
    return int(whole) + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1))


def case_of(length, rate=0.15, mean=3.0) -> Case:
    """Arguments with the numbers that the rule gives."""
    _, noise, _ = sorted((1, nearest(rate * length), length - 1)) if length > 2 else (1, 1, 1)
    spans = nearest(noise / mean)
    return Case(length, rate, mean, noise, min(spans or 1, length - noise))


def random_case(rng, longest):
    """Some length, rate and mean; now and then such that a half is to be rounded."""
    length = rng.randint(2, longest)
    rate = rng.choice((rng.uniform(0.02, 0.95), (rng.randrange(length) + 0.5) / length))
    return case_of(length, rate, rng.choice((rng.uniform(1, 8), 1.0, 2.0, 3.0, 4.0)))


def bounds(rng):
    """Cases in which one of the four bounds decides."""
    for length in (2, 3, rng.randint(4, 9), rng.randint(10, 40)):
        for rate in (0.0, 1e-9, 0.02, 0.97, 1 - 1e-9, 1.0):
            for mean in (1.0, rng.uniform(1, 4), 50.0):
                yield case_of(length, rate, mean)
    for _ in range(30):  # more spans than kept tokens, but for the last bound
        yield case_of(rng.randint(4, 60), rng.uniform(0.6, 0.98), rng.uniform(1, 1.3))


@lab.check()
def noise_spans(student):
    rng = student.rng

    def seeds(n):
        return [rng.randrange(2**31) for _ in range(n)]

    cases = [case_of(rng.randint(20, 200), rng.uniform(0.1, 0.7), rng.uniform(1.5, 6)) for _ in range(40)]
    judge_numbers(student, cases, seeds(3), tell=False)
    length = rng.randint(150, 300)
    judge_seeds(student, case_of(length, rng.uniform(0.3, 0.6)), *rng.sample(range(2**31), 2))
    with part("the numbers, also where a half is rounded", points=0.5):
        cases = [random_case(rng, 300) for _ in range(120)]
        cases += [case_of(2 * n, 0.25, 2.0) for n in range(1, 40)]  # halves of both kinds
        judge_numbers(student, cases, seeds(2), tell=False)
    with part("the four bounds", points=0.5):
        judge_numbers(student, list(bounds(rng)), seeds(2), tell=False)
        judge_errors(student, (1, 0, -1, -rng.randint(2, 99)))
    with part("two to 2,048 tokens", points=0.5):
        lengths = [*range(2, 65), *rng.sample(range(65, 2048), 70), 2047, 2048]
        judge_numbers(student, [case_of(length) for length in lengths], seeds(1), tell=False)
        few = [case_of(length, 0.5, 3.0) for length in rng.sample(range(1000, 2048), 5)]
        judge_numbers(student, few, seeds(4), tell=False)
    with part("every way to cut equally likely", points=0.5):
        _judge_ways(student, rng, seeds)


def _judge_ways(student, rng, seeds):
    """All ways of small texts, and of a long one how often a part is a single token."""
    hidden, kept = rng.choice(((6, 5), (5, 6), (4, 7), (7, 4), (6, 6)))
    for case, draws in ((case_of(8, 0.5, 2.0), 400), (case_of(hidden + kept, hidden / (hidden + kept), hidden / 3), 1500)):  # fmt: skip
        masks = judge_numbers(student, [case], seeds(draws), tell=False)[case]
        judge_cuts(masks, case)
    case, draws = case_of(rng.randint(150, 250), rng.uniform(0.2, 0.4), rng.uniform(4, 7)), 300
    masks = [runs_of(mask) for mask in student.many([args(*case[:3], seed=seed) for seed in seeds(draws)])]
    for kind, (name, n) in enumerate((("kept", case.length - case.noise), ("hidden", case.noise))):
        likely = (case.spans - 1) / (
            n - 1
        )  # a part of one leaves n - 1 for the others: C(n-2, k-2) of C(n-1, k-1)
        counts = [sum(mask[kind][place : place + 1] == (1,) for mask in masks) for place in range(case.spans)]
        require(
            all(within(count, draws, likely, sigmas=7) for count in counts),
            "A longer text, {draws} seeds: a {name} part is a single token now {low} times, now {high} times, according to whether it is the first, the second, and so on. Each should be so equally often, as every way to cut is equally likely.",
            draws=draws,
            name=name,
            low=min(counts),
            high=max(counts),
        )
        first, last = (sum(mask[kind][place] for mask in masks) for place in (0, -1))
        rest, parts = n - case.spans, case.spans  # what is left when each part has one
        deviation = (2 * draws * rest * (rest + parts) / parts / (parts + 1)) ** 0.5
        require(
            abs(first - last) <= 7 * deviation,
            "A longer text, {draws} seeds: first and last {name} parts are not of the same length on average. Are the sizes drawn one after the other from what is left?",
            draws=draws,
            name=name,
        )
