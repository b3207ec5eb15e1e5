"""Oracle: `_shift_right` of transformers' T5, which reads start and padding from its configuration."""

from types import SimpleNamespace

import torch

from course.checks.lab08_t5.shift import GAPS, NONE, PLAIN, Case, judge

from . import lab


def read_of(labels, start, pad):
    """What transformers' decoder reads. labels: long (batch, time)."""
    from transformers import T5ForConditionalGeneration

    config = SimpleNamespace(decoder_start_token_id=start, pad_token_id=pad)
    return T5ForConditionalGeneration._shift_right(SimpleNamespace(config=config), labels)


def drawn(rng, generator, gaps):
    """A random case: ids of a small vocabulary, among which start and padding are, or of one too large for float32."""
    size, highest = (rng.randint(1, 6), rng.randint(1, 12)), rng.choice([12, 40_000, 2**40])
    labels = torch.randint(0, highest, size, generator=generator)
    if gaps:
        labels[torch.rand(size, generator=generator) < rng.choice([0.2, 0.6])] = NONE
    start, pad = rng.sample(range(12), 2)
    given = () if rng.random() < 0.2 else (start, pad)
    return Case(labels, read_of(labels, *(given or (0, 0))), given, told=False)


@lab.check(alone=True)
def shift_right(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)
    plain = [drawn(rng, generator, gaps=False) for _ in range(30)]
    judge(student, PLAIN + plain, GAPS + [drawn(rng, generator, gaps=True) for _ in range(30)])
