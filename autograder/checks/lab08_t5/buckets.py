"""Oracles: the statement's formula in whole numbers, without a logarithm; and transformers' T5Attention, which must agree with it.

A formula with logarithms is rounded, in float32 and in float64 otherwise: with 10 buckets and max_distance=160, distance 20 stands exactly
on a border, and falls to either side of it. So with options other than 32 and 128, the ones of T5, offsets on or next to a border are left
out. At 32 and 128 the formulas that people write agree, in both kinds of floats, and with the whole numbers.
"""

import math

import torch

from course.checks.lab08_t5.buckets import BEFORE, BOTH, SHAPES, SIZES, Case, judge

from . import lab

CLEAR = 1e-4  # of a border, in buckets: a hundred times what float32 rounds away


def bucket_of(distance, k, most):
    """The bucket of a distance among the k of its side: j far ones are passed where (d / m) ** (k - m) reaches (most / m) ** j."""
    m = k // 2
    if distance < m:
        return distance
    passed = 0
    while m + passed < k - 1 and distance ** (k - m) * m ** (passed + 1) >= most ** (passed + 1) * m ** (k - m):  # fmt: skip
        passed += 1
    return m + passed


def on_a_border(distance, k, most):
    """Whether a distance is so near to where a far bucket begins that rounding may decide."""
    m = k // 2
    if distance < m:
        return False
    exact = (k - m) * math.log(distance / m) / math.log(most / m)
    return 1 <= round(exact) < k - m and abs(exact - round(exact)) < CLEAR


def case_of(offset, *given):
    """A case. offset: long, of any shape; those on a border are put to 0, unless the options are T5's."""
    both, buckets, most = (*given, *(True, 32, 128)[len(given) :])
    k, flat = buckets // 2 if both else buckets, offset.flatten().tolist()
    if (buckets, most) != (32, 128):
        flat = [0 if on_a_border(abs(o), k, most) else o for o in flat]
    side = k if both else 0
    truth = [bucket_of(abs(o) if both else max(-o, 0), k, most) + (side if o > 0 else 0) for o in flat]
    return Case(torch.tensor(flat, dtype=torch.long).view_as(offset), torch.tensor(truth, dtype=torch.long).view_as(offset), given)  # fmt: skip


def agreed(case):
    """The case, once transformers has found the same."""
    from transformers.models.t5.modeling_t5 import T5Attention

    theirs = T5Attention._relative_position_bucket(case.offset, *case.options)
    if not torch.equal(theirs, case.truth):
        raise RuntimeError(f"the two oracles differ, with {case.options}")
    return case


@lab.check(alone=True)
def relative_position_bucket(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)

    def random(*shape, most=400):
        return torch.randint(-most, most + 1, shape, generator=generator)

    every = torch.arange(-1_100, 1_101)
    around = [agreed(case_of(each)) for each in (every, random(40), random(200, most=10**6))]
    before = [agreed(case_of(each, False)) for each in (every, random(40), random(200, most=10**6))]
    shapes = []
    for _ in range(6):
        axes = [rng.randint(1, 5) for _ in range(rng.randint(0, 4))]
        shapes.append(agreed(case_of(random(*axes), rng.random() < 0.5)))
    queries, keys = rng.randint(2, 40), rng.randint(2, 40)
    shapes.append(agreed(case_of(torch.arange(keys) - torch.arange(queries)[:, None])))
    # Whatever the class draws, these two touch the far buckets.
    shapes += [agreed(case_of(random(4, 60, most=140), both)) for both in (True, False)]
    sizes = []
    for _ in range(12):
        side, two = rng.randint(4, 24), rng.random() < 0.5
        given = two, side * (1 + two), rng.randint(side + 1, 300)
        sizes.append(agreed(case_of(torch.arange(-320, 321), *given)))
    judge(student, BOTH + around, BEFORE + before, SHAPES + shapes, SIZES + sizes)
