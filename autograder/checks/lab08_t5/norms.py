"""Oracle: transformers' T5LayerNorm with a copied weight, forward and gradients."""

import torch

from course.checks import part, require, require_close, require_dtype, uneven
from course.checks.lab08_t5.norms import norm_of

from . import lab


@lab.check()
def RMSNorm(student):
    from transformers.models.t5.modeling_t5 import T5LayerNorm as Library

    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    width = rng.randint(3, 9)
    for shape in ((width,), (1, width), (3, width), (2, 5, width), (2, 1, 3, width)):
        eps = rng.choice((1e-6, 1e-3, 0.5, 2.0))
        model, theirs = norm_of(student, width, eps=eps), Library(width, eps=eps)
        weight = torch.randn(width, generator=generator)
        model.load_state_dict({"weight": weight})
        theirs.load_state_dict({"weight": weight})
        for size in (1e-3, 1.0, 100.0):
            x = (torch.randn(shape, generator=generator) + 0.5) * size
            x.requires_grad_()
            found, truth = model(x), theirs(x)
            require_close(
                found,
                truth.detach(),
                "Random numbers of size {size:g}, with a random `weight` and eps: the result is off at {at}. Nothing is taken off, eps stands inside the root, and `weight` multiplies.",
                size=size,
            )
        (mine,) = torch.autograd.grad(uneven(found).sum(), [x])
        (right,) = torch.autograd.grad(uneven(truth).sum(), [x])
        require_close(
            mine, right, "The gradient for x is off at {at}: is a part of it detached?", atol=1e-4, rtol=1e-3
        )
        model.zero_grad()
        uneven(model(x)).sum().backward()
        uneven(theirs(x)).sum().backward()
        grad = model.grads().get("weight")
        require(grad is not None, "No gradient reaches `weight`.")
        require_close(
            grad,
            theirs.weight.grad,
            "The gradient of `weight` is off at {at}: is a part of it detached?",
            atol=1e-4,
            rtol=1e-3,
        )
    with part("float64", points=0.5):
        model = norm_of(student, width)
        model.double()
        x = torch.randn(3, width, generator=generator, dtype=torch.float64)
        found = model(x)
        require_dtype(found, torch.float64, "x")
        require_close(
            found,
            x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt(),
            "With float64 in, the result is off at {at}.",
        )
