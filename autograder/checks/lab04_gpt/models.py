"""Oracles: torch's `nn.MultiheadAttention` under a causal mask, and transformers' GPT2LMHeadModel, both with copied weights: what they
give, and the gradients."""

import torch
from torch import nn

from course.checks import gradients, part, require, require_close, require_dtype, require_graph, uneven
from course.checks.lab04_gpt.models import ATTENTION, gpt_of
from course.checks.modules import module_of, weights_for

from . import lab

CLOSE = {"rtol": 1e-3, "atol": 1e-3}


def torchs_attention(weights, heads):
    """torch's module with a student's weights: its fused projection is laid out in the same way."""
    dim = len(weights["output.bias"])
    theirs = nn.MultiheadAttention(dim, heads, batch_first=True, dtype=weights["output.bias"].dtype)
    names = {"query_key_value.": "in_proj_", "output.": "out_proj."}
    for ours, name in names.items():
        weights = {n.replace(ours, name): t for n, t in weights.items()}
    theirs.load_state_dict(weights)
    return theirs


def attended(theirs, x, real):
    """What torch's module makes of x under a causal mask and that of the padding; every token sees itself."""
    batch, time, _ = x.shape
    place = torch.arange(time)
    may = (place[:, None] >= place) & real[:, None] | (place[:, None] == place)  # (batch, query, key)
    hidden = ~may[:, None].expand(batch, theirs.num_heads, time, time).flatten(0, 1)
    return theirs(x, x, x, attn_mask=hidden, need_weights=False)[0]


def padded(generator, batch, time):
    """bool (batch, time): each text in one piece, with padding on both of its sides, or on none."""
    low = torch.randint(0, time // 2 + 1, (batch, 1), generator=generator)
    high = torch.randint(time // 2 + 1, time + 1, (batch, 1), generator=generator)
    place = torch.arange(time)
    return (place >= low) & (place < high)


@lab.check()
def CausalSelfAttention(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for dim, heads, time in ((6, 3, 4), (8, 2, 7), (4, 4, 3), (5, 1, 6), (4, 2, 1)):
        model = module_of(student, ATTENTION, dim, heads)
        weights = weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        theirs = torchs_attention(weights, heads)
        x = torch.randn(3, time, dim, generator=generator, requires_grad=True)
        for real in (None, padded(generator, 3, time) if time > 1 else torch.ones(3, 1, dtype=torch.bool)):
            every = torch.ones(3, time, dtype=torch.bool) if real is None else real
            found = model(x) if real is None else model(x, real)
            truth = attended(theirs, x, every)
            case = {"dim": dim, "heads": heads, "time": time, "padded": "with padding" if real is not None else "no padding"}  # fmt: skip
            require_close(
                found[every],
                truth[every],
                "Random weights, width {dim}, {heads} heads, {time} tokens, {padded}: a result is off.",
                **case,
                atol=1e-4,
            )
            count = every[..., None]
            require_close(
                gradients(uneven(found) * count, [x])[0],
                gradients(uneven(truth) * count, [x])[0],
                "Width {dim}, {heads} heads, {time} tokens, {padded}: the gradient of x is off at {at}.",
                **case,
                **CLOSE,
            )
    with part("gradients of the weights, and float64", points=0.5):
        model = module_of(student, ATTENTION, 6, 2)
        weights = weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        theirs = torchs_attention(weights, 2)
        x = torch.randn(2, 4, 6, generator=generator)
        found = model(x)
        require_graph(found)
        uneven(found).sum().backward()
        uneven(attended(theirs, x, torch.ones(2, 4, dtype=torch.bool))).sum().backward()
        mine = model.grads()
        for name, parameter in theirs.named_parameters():
            ours = name.replace("in_proj_", "query_key_value.").replace("out_proj.", "output.")
            require(mine.get(ours) is not None, "No gradient reaches `{name}`.", name=ours)
            require_close(
                mine[ours], parameter.grad, "The gradient of `{name}` is off at {at}.", name=ours, **CLOSE
            )
        model.double()
        require_dtype(model(x.double(), torch.ones(2, 4, dtype=torch.bool)), torch.float64, "the input")


def library(weights, dim, heads, layers, positions, attention):
    """transformers' GPT-2 with a student's weights. attention: bool, whether these have any; if not, the library's own become a running mean:
    all scores 0, values and results handed on as they are."""
    from transformers import GPT2Config, GPT2LMHeadModel

    vocabulary = len(weights["token_embedding.weight"])
    config = GPT2Config(vocab_size=vocabulary, n_positions=positions, n_embd=dim, n_layer=layers, n_head=heads, resid_pdrop=0.0,
                        embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0)  # fmt: skip
    theirs = GPT2LMHeadModel(config)
    state = {name: weights[ours].clone() for name, ours in renamed(layers, attention).items()}
    for name in [n for n in state if n.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight"))]:
        state[name] = state[name].T  # theirs multiply from the other side
    if not attention:
        eye, none = torch.eye(dim), torch.zeros(dim, 2 * dim)
        for i in range(layers):
            at = f"transformer.h.{i}.attn."
            state |= {
                at + "c_attn.weight": torch.cat([none, eye], 1),
                at + "c_attn.bias": torch.zeros(3 * dim),
            }
            state |= {at + "c_proj.weight": eye, at + "c_proj.bias": torch.zeros(dim)}
    state["lm_head.weight"] = state["transformer.wte.weight"]
    theirs.load_state_dict(state)
    return theirs.eval()


def renamed(layers, attention):
    """transformers' names of the parameters, and the student's."""
    names = {
        "transformer.wte.weight": "token_embedding.weight",
        "transformer.wpe.weight": "position_embedding.weight",
    }
    pairs = {
        "ln_1": "attention_norm",
        "ln_2": "dense_norm",
        "mlp.c_fc": "dense_in",
        "mlp.c_proj": "dense_out",
    }
    if attention:
        pairs |= {"attn.c_attn": "attention.query_key_value", "attn.c_proj": "attention.output"}
    for kind in ("weight", "bias"):
        names[f"transformer.ln_f.{kind}"] = f"norm.{kind}"
        for i in range(layers):
            names |= {f"transformer.h.{i}.{a}.{kind}": f"blocks.{i}.{b}.{kind}" for a, b in pairs.items()}
    return names  # fmt: skip


def theirs_on(theirs, ids, real):
    """The library's logits, with positions that count the real tokens."""
    place = (real.long().cumsum(1) - 1).clamp(min=0)
    return theirs(ids, attention_mask=real.long(), position_ids=place).logits


def _compare(student, dim, heads, layers, positions, attention, what):
    """Logits and gradients of the student's GPT and the library's; attention: names of the student's own, or none."""
    generator, rng = torch.Generator().manual_seed(student.seed + layers), student.rng
    vocabulary = rng.randint(7, 20)
    model = gpt_of(student, vocabulary, dim, heads, layers, positions, attention)
    weights = {n: t / 2 for n, t in weights_for(model, rng.randrange(2**31)).items()}
    model.load_state_dict(weights)
    theirs = library(weights, dim, heads, layers, positions, bool(attention))
    case = {"what": what, "layers": layers, "width": dim}
    for time in (1, positions // 2, positions):
        ids = torch.randint(vocabulary, (3, time), generator=generator)
        require_close(
            model(ids),
            theirs(ids).logits.detach(),
            "{what}: {layers} layers, width {width}, {time} tokens: the logit at {at} is off.",
            **case,
            time=time,
            **CLOSE,
        )
    found = model(ids)
    require_graph(found)
    uneven(found).sum().backward()
    uneven(theirs(ids).logits).sum().backward()
    mine, truth = model.grads(), dict(theirs.named_parameters())
    for name, ours in renamed(layers, bool(attention)).items():
        wanted = truth[name].grad
        if name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
            wanted = wanted.T
        require(mine.get(ours) is not None, "{what}: no gradient reaches `{name}`.", what=what, name=ours)
        # of weights that move thousands of numbers at once
        scale = wanted.abs().max().clamp(min=1e-3)
        require_close(
            mine[ours] / scale,
            wanted / scale,
            "{what}: the gradient of `{name}` is off at {at}.{tied}",
            what=what,
            name=ours,
            tied=" It comes from both ends: from the input, and from the scores." if "token" in ours else "",
            **CLOSE,
        )


def _compare_padded(student):
    """Padding before and behind texts, round a running mean in place of attention."""
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for dim, layers, time in ((6, 1, 5), (8, 2, 9)):
        model = gpt_of(student, 11, dim, 2, layers, time)
        weights = {n: t / 2 for n, t in weights_for(model, rng.randrange(2**31)).items()}
        model.load_state_dict(weights)
        theirs = library(weights, dim, 2, layers, time, attention=False)
        ids, real = torch.randint(11, (3, time), generator=generator), padded(generator, 3, time)
        require_close(
            model(ids, real)[real],
            theirs_on(theirs, ids, real)[real].detach(),
            "{layers} layers, width {width}, padding before and behind: a logit is off.",
            layers=layers,
            width=dim,
            **CLOSE,
        )


@lab.check()
def GPT(student):
    for dim, heads, layers, positions in ((6, 2, 1, 4), (8, 2, 3, 9)):
        _compare(
            student, dim, heads, layers, positions, (), "With a running mean in place of attention, random weights"
        )  # fmt: skip
    with part("padding changes nothing", points=1):
        _compare_padded(student)
    with part("equal to GPT2LMHeadModel, with your own attention", points=1):
        _compare(
            student, 8, 2, 2, 7, ATTENTION, "With your own CausalSelfAttention (whose check comes before this one), random weights"
        )  # fmt: skip
