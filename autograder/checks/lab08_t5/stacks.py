"""Oracle: transformers' T5ForConditionalGeneration. Round stand-ins: with these in the place of its blocks and norms; then with all weights copied."""

import torch
from torch import nn

from course.checks import part, require, require_close, require_dtype
from course.checks.helpers.stacks import Adding, Factors, Slope
from course.checks.lab08_t5.stacks import Stacks, names_of, t5_of
from course.checks.modules import module_of, weights_for

from . import lab
from .blocks import MATRICES, copied

MORE = ("attention_norm.weight", "cross_norm.weight", "dense_in.weight", "dense_out.weight", "dense_norm.weight")  # fmt: skip


class Adapted(nn.Module):
    """A stand-in for a block, called as transformers calls its own; the first one of a stack makes the bias."""

    def __init__(self, inner, bias):
        super().__init__()
        self.inner, self.bias = inner, bias

    def forward(self, x, mask=None, position_bias=None, memory=None, memory_mask=None, *others, **named):
        if position_bias is None:
            position_bias = self.bias(x.shape[1], x.shape[1])
        may, memory_may = (None if m is None else m == 0 for m in (mask, memory_mask))
        return self.inner(x, position_bias, may, memory, memory_may), position_bias, None


def library(vocabulary, width, heads, layers, inner):
    """transformers' model of these sizes, without dropout."""
    from transformers import T5Config, T5ForConditionalGeneration

    config = T5Config(
        vocab_size=vocabulary, d_model=width, d_kv=width // heads, num_heads=heads, d_ff=inner, num_layers=layers[0],
        num_decoder_layers=layers[1], dropout_rate=0.0, feed_forward_proj="relu", pad_token_id=0, decoder_start_token_id=0,
        attn_implementation="eager",
    )  # fmt: skip
    return T5ForConditionalGeneration(config).eval()


def with_stand_ins(theirs, width, heads, layers):
    """Put stand-ins in the place of a library model's parts. Returns dict of our name -> parameter."""
    parameters = {"embedding.weight": theirs.shared.weight}
    for stack, n in zip(("encoder", "decoder"), layers, strict=True):
        one = getattr(theirs, stack)
        bias, one.final_layer_norm = Slope(heads), Factors(width)
        parameters[f"{stack}_bias.slope"] = bias.slope
        parameters[f"{stack}_norm.weight"] = one.final_layer_norm.weight
        for i in range(n):
            block = Adding(width, heads, width // heads, 1, cross=stack == "decoder")
            one.block[i] = Adapted(block, bias)
            parameters |= {f"{stack}.{i}.{name}": p for name, p in block.named_parameters()}
    return parameters


def with_its_own(theirs, layers):
    """Of a library model as it is: dict of our name -> parameter."""
    parameters = {"embedding.weight": theirs.shared.weight}
    for stack, n in zip(("encoder", "decoder"), layers, strict=True):
        one = getattr(theirs, stack)
        parameters[f"{stack}_bias.table.weight"] = one.block[0].layer[0].SelfAttention.relative_attention_bias.weight  # fmt: skip
        parameters[f"{stack}_norm.weight"] = one.final_layer_norm.weight
        for i in range(n):
            itself, *cross, dense = one.block[i].layer
            for name, layer in (("attention", itself), *(("cross", layer) for layer in cross)):
                attention = layer.SelfAttention if name == "attention" else layer.EncDecAttention
                parameters[f"{stack}.{i}.{name}_norm.weight"] = layer.layer_norm.weight
                parameters |= {f"{stack}.{i}.{name}.{m}": getattr(attention, m[0]).weight for m in MATRICES}
            parameters[f"{stack}.{i}.dense_norm.weight"] = dense.layer_norm.weight
            parameters[f"{stack}.{i}.dense_in.weight"] = dense.DenseReluDense.wi.weight
            parameters[f"{stack}.{i}.dense_out.weight"] = dense.DenseReluDense.wo.weight
    return parameters


def rows(generator, batch, longest, vocabulary):
    """Rows of ids, each with one real token at least, padding behind; long (batch, longest)."""
    length = torch.randint(1, longest + 1, (batch, 1), generator=generator)
    length[0] = longest
    ids = torch.randint(1, vocabulary, (batch, longest), generator=generator)
    return ids.masked_fill(torch.arange(longest) >= length, 0)


def _compare(student, rng, generator, sizes, own, what):
    """States, logits and gradients of the student's T5 and the library's."""
    width, heads, layers, inner = sizes
    vocabulary = rng.randint(6, 15)
    if own:
        names = names_of(layers, MATRICES, MORE, "table.weight")
        model = Stacks(module_of(student, names, vocabulary, width, heads, layers, inner), vocabulary, width)
    else:
        model = t5_of(student, vocabulary, width, heads, layers, inner)
    weights = {n: t / (2 if own else 3) for n, t in weights_for(model, rng.randrange(2**31)).items()}
    model.load_state_dict(weights)
    theirs = library(vocabulary, width, heads, layers, inner)
    parameters = with_its_own(theirs, layers) if own else with_stand_ins(theirs, width, heads, layers)
    copied(weights, parameters)
    for batch, source, time in ((1, 1, 1), (3, rng.randint(2, 6), rng.randint(2, 6)), (2, 9, 4)):
        ids = rows(generator, batch, source, vocabulary)
        read = torch.cat([torch.zeros(batch, 1, dtype=torch.long), rows(generator, batch, time, vocabulary)[:, 1:]], 1)  # fmt: skip
        real = ids != 0
        states, truth = model.encode(ids), theirs.encoder(input_ids=ids, attention_mask=real.long())[0]
        require_close(
            states[real],
            truth[real].detach(),
            "{what}, random numbers: what `encode` gives for {source} tokens is off.",
            what=what,
            source=source,
            rtol=1e-3,
            atol=1e-3,
        )
        memory = torch.randn(truth.shape, generator=generator)
        for given in (None, memory):
            found = model(ids, read) if given is None else model.decode(read, given, real)
            wrapped = None if given is None else (given,)
            truth = theirs(input_ids=ids, attention_mask=real.long(), decoder_input_ids=read, encoder_outputs=wrapped).logits  # fmt: skip
            require_close(
                found,
                truth.detach(),
                "{what}, random numbers: {call} gives other logits, at {at}.",
                what=what,
                call="`forward`" if given is None else "`decode`, with a memory of random numbers,",
                rtol=1e-3,
                atol=1e-3,
            )
    found = model(ids, read)
    require(found.requires_grad, "{what}: the logits have no gradient.", what=what)
    found.sin().sum().backward()
    theirs.zero_grad()
    theirs(input_ids=ids, attention_mask=real.long(), decoder_input_ids=read).logits.sin().sum().backward()
    mine = model.grads()
    for name, parameter in parameters.items():
        require(mine.get(name) is not None, "{what}: no gradient reaches `{name}`.", what=what, name=name)
        scale = parameter.grad.abs().max().clamp(min=1e-2)
        require_close(
            mine[name] / scale,
            parameter.grad / scale,
            "{what}, random numbers: the gradient of `{name}` is off at {at}.",
            what=what,
            name=name,
            rtol=1e-2,
            atol=2e-3,
        )


@lab.check()
def T5(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for sizes in ((4, 2, (1, 2), 6), (6, 3, (3, 1), 5)):
        _compare(student, rng, generator, sizes, False, "With stand-ins for block, bias and norm")
    with part("equal to transformers' T5ForConditionalGeneration, with your own parts", points=1):
        _compare(student, rng, generator, (8, 2, (2, 2), 12), True, "With your own T5Block, RelativeBias and RMSNorm (whose checks come before this one)")  # fmt: skip
    with part("float64", points=0.5):
        model = t5_of(student, 7, 4, 2, (1, 1))
        model.double()
        ids = torch.tensor([[1, 2, 3]])
        require_dtype(model.encode(ids), torch.float64, "the weights")
        require_dtype(model(ids, ids), torch.float64, "the weights")
