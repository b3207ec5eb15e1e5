"""Oracle: transformers' T5Block. Round stand-ins: with these in the place of its attention and norms; then with all weights copied."""

import torch
from torch import nn

from course.checks import part, require, require_close, require_dtype, uneven
from course.checks.helpers.stacks import Factors, Looking
from course.checks.lab08_t5.blocks import block_of, names_of
from course.checks.modules import module_of, weights_for

from . import lab

MATRICES = ("query.weight", "key.weight", "value.weight", "output.weight")


class Adapted(nn.Module):
    """A stand-in for attention, called as transformers calls its own."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, hidden_states, mask=None, key_value_states=None, position_bias=None, **others):
        memory = hidden_states if key_value_states is None else key_value_states
        may = None if mask is None else mask == 0
        return self.inner(hidden_states, memory, position_bias, may), position_bias, None


def config(width, heads, size, inner, cross, **more):
    """transformers' configuration of the same sizes, without dropout."""
    from transformers import T5Config

    return T5Config(
        d_model=width, num_heads=heads, d_kv=size, d_ff=inner, is_decoder=cross, dropout_rate=0.0,
        feed_forward_proj="relu", attn_implementation="eager", **more,
    )  # fmt: skip


def copied(weights, parameters):
    """Copy a student's weights into a library's parameters, dict of our name -> parameter; both must have the same sizes."""
    for name, parameter in parameters.items():
        require(
            weights[name].shape == parameter.shape,
            "`{name}` has not the size that follows from the arguments of `__init__`: leave that as it is.",
            name=name,
        )
        with torch.no_grad():
            parameter.copy_(weights[name])
    return parameters


def library(weights, width, heads, size, inner, cross, own):
    """transformers' block with a student's weights. own: whether attention and norms are the real ones, and not stand-ins."""
    from transformers.models.t5.modeling_t5 import T5Block as Library

    theirs = Library(config(width, heads, size, inner, cross), layer_idx=0).eval()
    layers = dict(
        zip(("attention", "cross", "dense") if cross else ("attention", "dense"), theirs.layer, strict=True)
    )
    parameters = {}
    for name, layer in layers.items():
        if name == "dense":
            dense = layer.DenseReluDense
            parameters |= {"dense_in.weight": dense.wi.weight, "dense_out.weight": dense.wo.weight}
        else:
            attribute = "SelfAttention" if name == "attention" else "EncDecAttention"
            if own:
                real = getattr(layer, attribute)
                parameters |= {f"{name}.{m}": getattr(real, m[0]).weight for m in MATRICES}
            else:
                stand_in = Looking(width, heads, size)
                setattr(layer, attribute, Adapted(stand_in))
                parameters |= {f"{name}.{n}": p for n, p in stand_in.named_parameters()}
        if not own:
            layer.layer_norm = Factors(width)
        parameters[f"{name}_norm.weight"] = layer.layer_norm.weight
    return theirs, copied(weights, parameters)


def _compare(student, rng, generator, sizes, cross, own, what):
    """Results and gradients of the student's block and the library's."""
    width, heads, size, inner = sizes
    if own:
        model = module_of(student, names_of(cross, MATRICES), width, heads, size, inner, cross=cross)
    else:
        model = block_of(student, width, heads, size, inner, cross)
    weights = {n: t / 2 for n, t in weights_for(model, rng.randrange(2**31)).items()}
    model.load_state_dict(weights)
    theirs, parameters = library(weights, *sizes, cross, own)
    batch, time, source = 2, rng.randint(2, 5), rng.randint(2, 5)
    x, memory = (torch.randn(batch, n, width, generator=generator) for n in (time, source))
    bias = torch.randn(1, heads, time, time, generator=generator)
    causal = torch.ones(time, time, dtype=torch.bool).tril()
    real = torch.arange(source) < torch.randint(1, source + 1, (batch, 1), generator=generator)
    own_real = torch.arange(time) < torch.randint(1, time + 1, (batch, 1), generator=generator)
    may = causal if cross else own_real[:, None, None]

    def low(may, rows):
        return torch.zeros(batch, 1, rows, may.shape[-1]).masked_fill(~may, -1e30)

    given = {"bias": bias, "may": may}
    named = {"position_bias": bias, "attention_mask": low(may, time)}
    if cross:
        given |= {"memory": memory, "memory_may": real[:, None, None]}
        named |= {"encoder_hidden_states": memory, "encoder_attention_mask": low(real[:, None, None], time)}
    found, truth = model(x, **given), theirs(x, **named)[0]
    kind = "with `cross`" if cross else "of the encoder"
    require_close(
        found,
        truth.detach(),
        "{what}, random numbers: the result of a block {kind} is off at {at}.",
        what=what,
        kind=kind,
        rtol=1e-3,
        atol=1e-4,
    )
    uneven(found).sum().backward()
    uneven(truth).sum().backward()
    mine = model.grads()
    for name, parameter in parameters.items():
        require(mine.get(name) is not None, "{what}: no gradient reaches `{name}`.", what=what, name=name)
        scale = parameter.grad.abs().max().clamp(min=1e-2)
        require_close(
            mine[name] / scale,
            parameter.grad / scale,
            "{what}, random numbers: in a block {kind} the gradient of `{name}` is off at {at}.",
            what=what,
            kind=kind,
            name=name,
            rtol=1e-3,
            atol=1e-3,
        )


@lab.check()
def T5Block(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for sizes in ((4, 2, 3, 6), (6, 3, 2, 5)):
        for cross in (False, True):
            _compare(student, rng, generator, sizes, cross, False, "With stand-ins for attention and norm")
    with part("equal to transformers' T5Block, with your own attention and norm", points=1):
        for cross in (False, True):
            _compare(student, rng, generator, (6, 2, 4, 9), cross, True, "With your own cross_attention and RMSNorm (whose checks come before this one)")  # fmt: skip
    with part("float64", points=0.5):
        model = block_of(student, 4, 2, 2, 6, True)
        model.double()
        x, memory = (torch.randn(1, n, 4, dtype=torch.float64) for n in (3, 2))
        require_dtype(model(x, memory=memory), torch.float64, "x")
