"""Hidden checks of `Adapter`. Oracle: the sum written out, on drawn weights and sizes, and its gradients."""

import torch

from course.checks import part, require, require_close, require_dtype
from course.checks.lab09_text_to_text.adapters import (
    adapted,
    adapter_of,
    require_flow,
    require_learning,
    require_start,
    state_for,
)

from . import lab


@lab.check()
def Adapter(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)

    def random(*shape):
        return torch.randn(shape, generator=generator)

    for width, size in ((rng.randint(6, 40), rng.randint(2, 5)), (rng.randint(2, 5), rng.randint(6, 20)), (64, 1)):  # fmt: skip
        model = adapter_of(student, width, size)
        require_start(model, [scale * random(9, width) for scale in (1e-4, 1e-2, 1.0, 1e3)])
        # With one neuron a half of all x are on its dark side; of so many not all are.
        require_learning(model, random(60, width), random(60, width))
        down, up = (random(size, width), random(size)), (random(width, size), random(width))
        model.load_state_dict(state_for(down, up))
        for shape in ((width,), (rng.randint(1, 4), width), (2, rng.randint(1, 5), width), (2, 1, 3, width)):
            x = random(*shape)
            require_close(
                model(x),
                adapted(x, down, up),
                "With drawn weights, width {width} and size {size}, an x of shape {shape}: the result is off at {at}.",
                width=width,
                size=size,
                shape=shape,
            )
        require_flow(model, random(20, width), down, up)
    first, second = adapter_of(student, 4, 2), adapter_of(student, 4, 2)
    first.load_state_dict(state_for((torch.ones(2, 4), torch.ones(2)), (torch.ones(4, 2), torch.ones(4))))
    x = random(3, 4)
    require_close(
        second(x),
        x,
        "One adapter was given weights, and another one changed: each has layers of its own, made in `__init__`.",
        atol=0.05,
    )
    with part("in float64", points=0.5):
        model = adapter_of(student, 3, 2)
        model.double()
        require_dtype(model(random(2, 3).double()), torch.float64, "x and the weights")
        require(
            all(t.dtype == torch.float64 for t in model.state_dict().values()),
            "After `.double()` a weight is still float32: something in it is no parameter of the module.",
        )
