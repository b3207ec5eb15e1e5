"""Oracle: transformers' T5Attention with copied weights, forward and gradients."""

import torch

from course.checks import gradients, part, require_close, require_dtype, uneven
from course.checks.lab08_t5.attention import MATRICES, attended, drawn

from . import lab


def library(weights, heads):
    """transformers' attention with these four matrices."""
    from transformers import T5Config
    from transformers.models.t5.modeling_t5 import T5Attention

    inner, width = weights[0].shape
    config = T5Config(
        d_model=width, d_kv=inner // heads, num_heads=heads, dropout_rate=0.0, attn_implementation="eager"
    )
    theirs = T5Attention(config).eval().to(weights[0].dtype)
    theirs.load_state_dict(dict(zip(("q.weight", "k.weight", "v.weight", "o.weight"), weights, strict=True)))
    return theirs


def cases(rng, generator, batch, time, source, heads):
    """(bias, may, in words) of a case: in the shapes that T5 uses, and in others that broadcast. Each query may attend to something."""

    def biased(*shape):
        return torch.randn(shape, generator=generator) * 2

    def allowed(*shape):
        may = torch.rand(shape, generator=generator) < 0.5
        may[..., rng.randrange(source)] = True
        return may

    yield None, None, "without bias and mask"
    yield biased(1, heads, time, source), None, "with a bias"
    yield None, allowed(batch, 1, 1, source), "with a mask for each text"
    yield (
        biased(1, heads, time, source),
        allowed(batch, 1, 1, source),
        "with a bias, and a mask for each text",
    )
    yield biased(batch, heads, time, source), allowed(time, source), "with a bias, and a mask (time, source)"
    yield biased(heads, 1, source), allowed(batch, heads, time, source), "with a bias (heads, 1, source), and a mask for each head"  # fmt: skip


@lab.check()
def cross_attention(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for heads, size, width in ((1, 3, 4), (2, 3, 5), (4, 2, 8), (3, 2, 4)):
        batch, time, source = rng.randint(1, 3), rng.randint(1, 5), rng.randint(2, 6)
        weights = drawn(width, heads, size, rng.randrange(2**31), 0.6)
        theirs = library(weights, heads)
        for bias, may, what in cases(rng, generator, batch, time, source, heads):
            x = torch.randn(batch, time, width, generator=generator).requires_grad_()
            memory = torch.randn(batch, source, width, generator=generator).requires_grad_()
            leaves = [x, memory, *(w.clone().requires_grad_() for w in weights)]
            leaves += [] if bias is None else [bias.requires_grad_()]
            found = attended(student, x, memory, tuple(leaves[2:6]), heads, bias, may)
            shape = (batch, heads, time, source)
            low = None if may is None else torch.zeros(shape).masked_fill(~may, -1e30)
            wide = None if bias is None else bias.expand(shape)
            truth = theirs(x, mask=low, key_value_states=memory, position_bias=wide)[0]
            case = {"heads": heads, "size": size, "width": width, "what": what}
            require_close(
                found,
                truth.detach(),
                "Random numbers, {heads} heads of size {size} and vectors of width {width}, {what}: the result is off at {at}.",
                **case,
                rtol=1e-3,
            )
            mine = gradients(uneven(found), leaves)
            theirs.zero_grad()
            rest = leaves[:2] + leaves[6:]
            asked = [*rest[:2], theirs.q.weight, theirs.k.weight, theirs.v.weight, theirs.o.weight, *rest[2:]]
            right = torch.autograd.grad(uneven(truth).sum(), asked)
            names = ("x", "memory", *(f"the matrix of the {m}" for m in MATRICES), "bias")
            for name, one, other in zip(names, mine, right, strict=False):
                scale = other.abs().max().clamp(min=1e-2)
                require_close(
                    one / scale,
                    other / scale,
                    "Random numbers, {heads} heads of size {size} and vectors of width {width}, {what}: the gradient for {name} is off at {at}.",
                    name=name,
                    **case,
                    rtol=1e-3,
                    atol=1e-3,
                )
        found = attended(student, x.detach(), x.detach(), weights, heads)
        require_close(
            found,
            theirs(x)[0].detach(),
            "Self-attention, `memory=x`, with random numbers: the result is off at {at}.",
            rtol=1e-3,
        )
    with part("float64", points=0.5):
        weights = tuple(w.double() for w in drawn(4, 2, 3, 1))
        x, memory = (torch.randn(2, n, 4, generator=generator, dtype=torch.float64) for n in (3, 4))
        bias = torch.randn(1, 2, 3, 4, generator=generator, dtype=torch.float64)
        may = torch.tensor([True, True, True, False])
        found = attended(student, x, memory, weights, 2, bias, may)
        require_dtype(found, torch.float64, "x")
        low = torch.zeros(2, 2, 3, 4).double().masked_fill(~may, -1e30)
        require_close(
            found,
            library(weights, 2)(x, mask=low, key_value_states=memory, position_bias=bias.expand(2, -1, -1, -1))[0].detach(),
            "With float64 in, the result is off at {at}.",
        )  # fmt: skip
