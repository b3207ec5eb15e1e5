"""Oracle: counts by hand of drawn numbers, guesses that are decided beforehand, and the models' own diary of when they were called."""

import torch

from course.checks import part
from course.checks.lab07_bert_family.table import Member, judge_table, ms

from . import lab

# Milliseconds over the shortest pass. No number but the median lies near the median, nor does the mean.
SPREADS = {1: [0], 3: [0, 8, 40], 4: [0, 6, 12, 45], 5: [0, 4, 9, 36, 48]}


def cycle_of(rng, repeats):
    """Seconds for so many passes; those in the middle are neither the first nor the last of them."""
    spread = SPREADS[repeats]
    middle = {spread[(repeats - 1) // 2], spread[repeats // 2]} if repeats > 2 else set()
    while True:
        order = rng.sample(spread, repeats)
        if not middle & {order[0], order[-1]}:
            return ms(*(rng.uniform(3, 5) + x for x in order))


def numbers_of(rng, generator):
    """Four tensors, of which one is flat, with zeros of both signs in them. No two have the same size, and no two as many zeros."""
    found = []
    sizes = rng.sample(range(4, 12), 4)
    for i, n in enumerate(sizes):
        tensor = torch.randn((n, 3 + i) if i < 3 else (n,), generator=generator)
        gone = torch.randperm(tensor.numel(), generator=generator)[: 1 + i if i < 3 else 1]
        tensor.view(-1)[gone] = 0.0
        tensor.view(-1)[gone[:1]] = -0.0
        found.append(tensor)
    return found


def drawn(rng, generator, name, repeats, rows, first=None, **how):
    """A `Member`."""
    right = rng.randint(rows // 3, rows - rows // 4)
    first = rng.uniform(0.03, 0.05) if first is None else first
    return Member(name, numbers_of(rng, generator), right, first, cycle_of(rng, repeats), **how)


@lab.check()
def size_speed_accuracy(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)
    names = rng.sample(["small", "large", "old", "new", "taught", "half", "shared"], 5)
    rows = rng.randint(31, 60)
    members = [
        drawn(rng, generator, names[0], 5, rows, first=rng.uniform(0.06, 0.07), training=True, frozen=(1,)),
        drawn(rng, generator, names[1], 5, rows, first=0.001, twice=(2, 0, 3)),
    ]
    judge_table(student, rng.randrange(2**31), members, rows, rng.randint(3, 5), **rng.choice([{}, {"repeats": 5}]))  # fmt: skip
    with part("what layers share and what does not learn, and three passes", points=0.5):
        how = [{"twice": (1, 2), "frozen": (1, 3)}, {"twice": (0, 1, 2, 3, 0), "frozen": (0, 1, 2), "training": True}]  # fmt: skip
        members = [drawn(rng, generator, name, 3, rows, **each) for name, each in zip(names[2:4], how, strict=True)]  # fmt: skip
        judge_table(student, rng.randrange(2**31), members, rows, 2, repeats=3)
    with part("one pass, and an even number of them", points=0.5):
        for repeats in (1, 4):
            member = drawn(rng, generator, names[4], repeats, 2 * rows, training=rng.random() < 0.5)
            judge_table(student, rng.randrange(2**31), [member], 2 * rows, 4, repeats=repeats)
