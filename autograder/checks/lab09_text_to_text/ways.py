"""Oracle: ways whose tensors, times and scores are drawn beforehand, and the diary of their own calls."""

import torch

from course.checks import part
from course.checks.lab09_text_to_text.ways import Way, judge_ways

from . import lab

NAMES = ("all", "adapters", "head", "biases", "from the top", "norms")


def drawn(rng, name, how):
    """A `Way`. how: "frozen" (a part learns), "idle" (may learn, and never moves), "later" (opened in the training), "tied"."""
    sizes = rng.sample(range(2, 30), 5)
    numbers = [torch.randn(n, k, generator=torch.Generator().manual_seed(n)) for n, k in zip(sizes, rng.sample(range(2, 9), 5), strict=True)]  # fmt: skip
    some = sorted(rng.sample(range(5), 3))
    rest = [i for i in range(5) if i not in some]
    moves = [some, sorted({*some, rest[0]}), some[:1]]
    frozen = {"frozen": rest, "idle": (), "later": some[1:], "tied": ()}[how]
    twice = tuple(some[:2]) if how == "tied" else ()
    # the median is not the mean, and neither are first and last
    seconds = rng.sample([0.006, 0.011, 0.05], 3)
    scores = [round(rng.uniform(0.2, 0.9), 3) for _ in range(3)]
    return Way(name, numbers, moves, seconds, scores, frozen=tuple(frozen), twice=twice)


@lab.check()
def adapter_table(student):
    rng = student.rng
    names = rng.sample(NAMES, 4)
    ways = [
        drawn(rng, name, how) for name, how in zip(names, ("frozen", "idle", "later", "tied"), strict=True)
    ]
    judge_ways(student, rng.sample(ways, 2))
    with part("what moved, in each way", points=1):
        judge_ways(student, ways, seeds=[0, 1, 2])
    with part("other seeds", points=0.5):
        judge_ways(student, [drawn(rng, names[0], "later")], seeds=rng.sample(range(3, 40), 4))
        judge_ways(student, [drawn(rng, names[1], "frozen")], seeds=(rng.randrange(5, 99),))
