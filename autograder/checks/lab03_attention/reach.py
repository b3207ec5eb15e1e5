"""Oracle: gradients of a random network of residual layers of attention, with smooth activations, through which everything that can pass does."""

import torch

from course.checks import part
from course.checks.lab03_attention.masks import require_mask

from . import lab


def by_gradient(mask, layers, generator):
    """bool (output, input): whether an output of a random network has a gradient at an input. In float64, so that none is lost."""
    n, width = len(mask), 3
    inputs = torch.randn(n, width, generator=generator, dtype=torch.float64, requires_grad=True)
    x = inputs
    for _ in range(layers):
        scores = torch.randn(n, n, generator=generator, dtype=torch.float64)
        weights = scores.masked_fill(~mask, -torch.inf).softmax(-1).nan_to_num()
        x = x + (weights @ x @ torch.randn(width, width, generator=generator, dtype=torch.float64)).tanh()
    rows = [torch.autograd.grad(x[q].sin().sum(), inputs, retain_graph=True)[0] for q in range(n)]
    return torch.stack(rows).abs().sum(-1) > 0


@lab.check()
def reachable(student):
    generator = torch.Generator().manual_seed(student.seed)
    told = ("which no chain of that many steps leads to", "which a chain of that many steps leads to")
    for n, density, layers in (
        (4, 0.3, 1),
        (6, 0.2, 2),
        (7, 0.15, 3),
        (8, 0.12, 4),
        (9, 0.1, 6),
        (5, 0.5, 2),
        (6, 0.2, 0),
    ):
        mask = torch.rand(n, n, generator=generator) < density
        require_mask(
            student(mask, layers),
            by_gradient(mask, layers, generator),
            f"a random mask of {n} tokens, layers={layers}",
            *told,
        )
    with part("many layers, and many ways", points=0.5):
        for layers in (63, 64, 65, 200, 1000):
            full = torch.ones(4, 4, dtype=torch.bool)
            require_mask(
                student(full, layers),
                full,
                f"four tokens that all see each other, layers={layers}",
                lacking="which it sees itself: the number of ways overflows; make booleans after each layer",
            )
        ring = torch.eye(40, dtype=torch.bool).roll(1, 1)
        for layers in (38, 39, 1000):
            back = (torch.arange(40)[None] - torch.arange(40)[:, None]) % 40
            require_mask(
                student(ring, layers), back <= layers, f"a ring of 40 tokens, layers={layers}", *told
            )
        place = torch.arange(40)
        causal, apart = place[None] <= place[:, None], torch.ones(5, 5, dtype=torch.bool)
        apart[4], apart[:, 4] = False, False
        for mask, truth, what in (
            (causal, causal, "a causal mask of 40 tokens"),
            (
                apart,
                apart | torch.eye(5, dtype=torch.bool),
                "four tokens that all see each other, and one apart",
            ),
        ):
            require_mask(student(mask, 1000), truth, f"{what}, layers=1000", *told)
    with part("tokens that see nothing", points=0.5):
        mask = torch.zeros(5, 5, dtype=torch.bool)
        require_mask(student(mask, 3), torch.eye(5, dtype=torch.bool), "nobody sees anybody, layers=3", "and only the residual connection is there", "which is itself, carried past each layer")  # fmt: skip
        require_mask(
            student(torch.zeros(1, 1, dtype=torch.bool), 2),
            torch.ones(1, 1, dtype=torch.bool),
            "one token that does not see itself",
        )
