"""Hidden checks of `MixtureSampler`. Oracle: counts, whose bounds are 5.5 standard deviations, and the sequence itself before and after a stop."""

from course.checks import part
from course.checks.lab09_text_to_text.sampler import (
    RATES,
    SIZES,
    Drawn,
    judge_copies,
    judge_empty,
    judge_errors,
    judge_state,
    require_rates,
    require_rounds,
    require_seeds,
)

from . import lab

NAMES = ("cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "qnli")


def drawn(rng):
    """(sizes, rates) of drawn tasks: a large one, one of a few, one of two rounds or more, and one that never comes."""
    names = rng.sample(NAMES, 5)
    sizes = dict(zip(names, (rng.randint(200, 900), rng.randint(2, 4), rng.randint(15, 60), rng.randint(13, 30), 50), strict=True))  # fmt: skip
    weights = [rng.uniform(0.5, 2), rng.uniform(0.2, 0.5), rng.uniform(1, 2), rng.uniform(0.5, 1), 0.0]
    # far from equal, and from what the sizes would give
    total = sum(weights)
    return sizes, dict(zip(names, (w / total for w in weights), strict=True))


@lab.check(alone=True)
def MixtureSampler(student):
    rng = student.rng
    sizes, rates = drawn(rng)
    for given, seed in (((SIZES, RATES), 0), ((sizes, rates), 0), ((sizes, rates), rng.randrange(10**6))):
        sampler = Drawn(student, *given, seed=seed)
        draws = sampler.take(5_000)
        require_rates(sampler, draws)
        require_rounds(sampler, draws)
    alone = Drawn(student, {"alone": 25}, {"alone": 1.0}, seed=1)
    require_rounds(alone, alone.take(120))
    require_seeds(student, sizes, rates, 500)
    with part("stopped and taken up again", points=1.5):
        judge_state(student, sizes, rates, (1, rng.randint(20, 200), rng.randint(800, 1_500)))
        # at the end of a round, and one before and behind it
        judge_state(student, {"alone": 25}, {"alone": 1.0}, (24, 25, 26, 50))
        judge_copies(student, sizes, rates, rng.randint(30, 300))
    with part("a task without examples", points=0.5):
        one, two = rng.sample(NAMES, 2)
        judge_errors(student, [({one: 0}, {one: 1.0}), ({one: 0, two: 9}, {one: 0.6, two: 0.4})])
        judge_empty(student)
