"""Oracle: slopes that are drawn first, of losses that are made to have them; each layer's length in float64."""

import torch

from course.checks import part
from course.checks.lab07_bert_family.heads import judge_importance

from . import lab


@lab.check()
def head_importance(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)

    def drawn(examples, layers, heads):
        """(names, slopes, bends), of no size near 0 and of both signs."""
        names = rng.sample([f"{a}{b}" for a in "abcdefgh" for b in "klmnop"], examples)
        size = torch.rand(2, examples, layers, heads, generator=generator) * 2 + 0.2
        sign = torch.randint(2, size.shape, generator=generator) * 2 - 1
        return names, *(size * sign)

    for _ in range(3):
        shape = rng.randint(4, 8), rng.randint(2, 4), rng.randint(5, 7)
        names, slopes, bends = drawn(*shape)
        story = "Drawn slopes, several examples, layers and heads"
        judge_importance(student, names, slopes, bends, story, grad=rng.choice([None, rng.uniform(0.1, 2)]))
    with part("layers of zeros, and of very small numbers", points=0.5):
        names, slopes, bends = drawn(rng.randint(3, 6), 5, 3)
        zero, tiny = rng.sample(range(5), 2)
        for x in (slopes, bends):
            x[:, zero] = 0
            x[:, tiny] *= 1e-7
        slopes[:, (zero + 1) % 5, 1] = 0  # one head alone changes nothing
        judge_importance(student, names, slopes, bends, "Drawn slopes, one layer that changes nothing and one next to nothing")  # fmt: skip
    with part("one example, one layer, one head", points=0.5):
        for shape in ((1, 3, 4), (4, 1, 5), (3, 4, 1), (1, 1, 1)):
            judge_importance(student, *drawn(*shape), "Drawn slopes, one example, one layer or one head")
