"""Oracle: the singular values alone; no product of two such matrices comes nearer than what they leave over (Eckart and Young)."""

import torch

from course.checks import part
from course.checks.lab07_bert_family.factors import (
    factors_of,
    judge,
    mistakes_of,
    require_float64,
    require_learning,
)

from . import lab


def known_by(table, small):
    """What usual mistakes make of a table."""
    return mistakes_of(table, *torch.linalg.svd(table, full_matrices=False), small)


@lab.check(alone=True)
def factorised_embedding(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng

    def drawn(vocabulary, width):
        return torch.randn(vocabulary, width, generator=generator)

    width = rng.randint(6, 9)
    falling = drawn(rng.randint(12, 29), width) * torch.linspace(3, 0.5, width) + drawn(1, width)
    # 1 first: two factors have then fewer numbers than the table, and each wrong count one cause.
    for small in (1, rng.randint(2, 4), width):
        judge(student, falling, small, "A random table", known_by(falling, small), generator)
    noise, small = drawn(rng.randint(40, 60), rng.randint(12, 16)), rng.randint(4, 6)
    judge(student, noise, small, "A random table", known_by(noise, small), generator)
    few = rng.randint(3, 5)
    wide = drawn(few, rng.randint(7, 12))
    for small in (rng.randint(2, few - 1), few):
        judge(student, wide, small, "A random table with fewer words than its width", (), generator)
    rank = rng.randint(2, 3)
    thin = drawn(rng.randint(12, 20), rank) @ drawn(rank, 6)
    for small in (rank, rank + 1):
        judge(student, thin, small, "A table that is the product of two thin ones", (), generator)
    with part("everything learns", points=0.5):
        require_learning(factors_of(student, noise, small, "A random table"), *noise.shape)
    with part("a table that is a parameter", points=0.5):
        own = falling.clone().requires_grad_()
        judge(student, own, 2, "A table that is a parameter", known_by(falling, 2), generator)
    with part("float64", points=0.5):
        require_float64(student, drawn(rng.randint(9, 20), width), 3)
