"""Oracles: torch's `nn.MultiheadAttention` (its polarity turned, `need_weights=False`) and `nn.TransformerEncoderLayer`, with copied weights,
forward and gradients; for dropout, what it must leave."""

import torch
from torch import nn

from course.checks import (
    gradients,
    helper_for,
    part,
    require,
    require_close,
    require_dtype,
    require_graph,
    uneven,
)
from course.checks.lab03_attention.blocks import KEPT, LINEAR, PARTS, RATE, trained
from course.checks.modules import dense, module_of, weights_for

from . import lab
from .attention import some


def torchs_attention(weights, heads):
    """torch's module with a student's weights."""
    dim = len(weights["query.bias"])
    theirs = nn.MultiheadAttention(dim, heads, batch_first=True, dtype=weights["query.bias"].dtype)
    first = [n for n in LINEAR if n != "output"]
    theirs.load_state_dict(
        {
            "in_proj_weight": torch.cat([weights[f"{n}.weight"] for n in first]),
            "in_proj_bias": torch.cat([weights[f"{n}.bias"] for n in first]),
            "out_proj.weight": weights["output.weight"],
            "out_proj.bias": weights["output.bias"],
        }
    )
    return theirs


@lab.check()
def MultiHeadAttention(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for dim, heads, time, keys in ((6, 3, 4, None), (8, 2, 5, 3), (4, 4, 3, 7), (5, 1, 2, 2)):
        model = module_of(student, dense(*LINEAR), dim, heads)
        weights = weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        theirs = torchs_attention(weights, heads)
        x = torch.randn(2, time, dim, generator=generator, requires_grad=True)
        memory = None if keys is None else torch.randn(2, keys, dim, generator=generator, requires_grad=True)
        seen = x if memory is None else memory
        leaves = [x] if memory is None else [x, memory]
        for shape in (None, (time, seen.shape[1]), (2, 1, 1, seen.shape[1]), (2, heads, time, seen.shape[1])):
            mask = None if shape is None else some(generator, *shape)
            hidden = (
                None
                if mask is None
                else ~mask.expand(2, heads, time, seen.shape[1]).reshape(-1, time, seen.shape[1])
            )
            truth, _ = theirs(x, seen, seen, attn_mask=hidden, need_weights=False)
            found = model(x, memory, mask)
            case = {
                "dim": dim,
                "heads": heads,
                "masked": "no mask" if mask is None else f"a mask {shape}",
                "where": "x alone" if memory is None else "a memory",
            }
            require_close(
                found,
                truth,
                "Random weights, width {dim}, {heads} heads, {where}, {masked}: the result at {at} is off.",
                **case,
                atol=1e-4,
            )
            for got, want in zip(
                gradients(uneven(found), leaves), gradients(uneven(truth), leaves), strict=True
            ):
                require_close(got, want, "Width {dim}, {heads} heads, {where}, {masked}: a gradient is off at {at}.", **case, rtol=1e-3, atol=1e-3)  # fmt: skip
    with part("gradients of the weights", points=0.5):
        model = module_of(student, dense(*LINEAR), 6, 2)
        weights = weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        theirs, mask = torchs_attention(weights, 2), some(generator, 4, 4)
        x = torch.randn(2, 4, 6, generator=generator)
        found = model(x, mask=mask)
        require_graph(found)
        uneven(found).sum().backward()
        uneven(theirs(x, x, x, attn_mask=~mask, need_weights=False)[0]).sum().backward()
        mine, named = model.grads(), dict(theirs.named_parameters())
        wanted = {f"output.{kind}": named[f"out_proj.{kind}"].grad for kind in ("weight", "bias")}
        for kind in ("weight", "bias"):
            for name, grad in zip(LINEAR, named[f"in_proj_{kind}"].grad.chunk(3), strict=False):
                wanted[f"{name}.{kind}"] = grad
        for name, grad in wanted.items():
            require(mine.get(name) is not None, "No gradient reaches `{name}`.", name=name)
            require_close(
                mine[name], grad, "The gradient of `{name}` is off at {at}.", name=name, rtol=1e-3, atol=1e-3
            )
    with part("a query that sees nothing", points=0.5):
        model = module_of(student.using(finite=False), dense(*LINEAR), 4, 2)
        weights = weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        x = torch.randn(2, 3, 4, generator=generator, requires_grad=True)
        mask = some(generator, 2, 1, 3, 3)
        mask[1, 0, 2] = False
        found = model(x, mask=mask)
        require_close(
            found[1, 2],
            weights["output.bias"],
            "A query that sees nothing should find zeros in every head, of which `output` makes its bias; yours has {got} at {at}.",
        )
        require(
            not gradients(found, [x])[0].isnan().any(),
            "A query that sees nothing, and the gradient of x is nan.",
        )
    with part("float64", points=0.5):
        model = module_of(student, dense(*LINEAR), 4, 2)
        weights = {n: t.double() for n, t in weights_for(model, rng.randrange(2**31)).items()}
        model.double()
        model.load_state_dict(weights)
        x = torch.randn(2, 3, 4, generator=generator, dtype=torch.float64)
        mask = some(generator, 3, 3)
        found = model(x, mask=mask)
        require_dtype(found, torch.float64, "the input")
        require_close(
            found,
            torchs_attention(weights, 2)(x, x, x, attn_mask=~mask, need_weights=False)[0],
            "In float64 the result at {at} is off.",
        )


THEIRS = {"dense_in": "linear1", "dense_out": "linear2", "attention_norm": "norm1", "dense_norm": "norm2"}


def renamed(name):
    """What torch calls one of the student's parameters."""
    part_of, kind = name.split(".")
    return f"{THEIRS[part_of]}.{kind}"


def torchs_block(weights, pre_norm, times, plus):
    """torch's layer with a student's weights, round the same average in place of its attention."""
    hidden, dim = weights["dense_in.weight"].shape
    layer = nn.TransformerEncoderLayer(dim, 1, hidden, 0.0, "gelu", batch_first=True, norm_first=pre_norm)
    layer.load_state_dict(layer.state_dict() | {renamed(n): t for n, t in weights.items()})

    def block(x, mask):
        may = (
            torch.ones(x.shape[1], x.shape[1])
            if mask is None
            else mask.expand(len(x), 1, x.shape[1], x.shape[1])[:, 0].float()
        )
        layer._sa_block = lambda x, *_, **__: times * (may @ x / may.sum(-1, keepdim=True)) + plus
        return layer.train()(x)  # its dropout is 0; in evaluation mode it takes a shortcut round `_sa_block`

    return block, dict(layer.named_parameters())


@lab.check()
def EncoderBlock(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng
    for pre_norm in (False, True):
        kind = "pre-norm" if pre_norm else "post-norm"
        for dim, hidden, time in ((4, 8, 3), (6, 5, 7)):
            times, plus = rng.uniform(0.5, 2), rng.uniform(-1, 1)
            attention = helper_for("averaging", times=times, plus=plus)
            model = module_of(student, dense(*PARTS), attention, dim, hidden, pre_norm=pre_norm)
            model.eval()
            weights = weights_for(model, rng.randrange(2**31))
            model.load_state_dict(weights)
            block, theirs = torchs_block(weights, pre_norm, times, plus)
            for mask in (None, some(generator, time, time), some(generator, 2, 1, 1, time)):
                x = torch.randn(2, time, dim, generator=generator, requires_grad=True)
                found, truth = model(x, mask=mask), block(x, mask)
                require_close(
                    found, truth, "Random weights, {kind}: the result at {at} is off.", kind=kind, atol=1e-4
                )
                mine, want = gradients(uneven(found), [x])[0], gradients(uneven(truth), [x])[0]
                require_close(
                    mine,
                    want,
                    "Random weights, {kind}: the gradient of x is off at {at}.",
                    kind=kind,
                    rtol=1e-3,
                    atol=1e-3,
                )
        model = module_of(student, dense(*PARTS), attention, dim, hidden, pre_norm=pre_norm)
        model.eval()
        model.load_state_dict(weights)
        x = torch.randn(2, time, dim, generator=generator)
        found = model(x)
        require_graph(found)
        uneven(found).sum().backward()
        for parameter in theirs.values():
            parameter.grad = None
        uneven(block(x, None)).sum().backward()
        for name, grad in model.grads().items():
            require(grad is not None, "{kind}: no gradient reaches `{name}`.", kind=kind, name=name)
            require_close(
                grad,
                theirs[renamed(name)].grad,
                "{kind}: the gradient of `{name}` is off at {at}.",
                kind=kind,
                name=name,
                rtol=1e-3,
                atol=1e-3,
            )
    with part("dropout: how much, and in post-norm", points=1):
        _require_dropout(student)
    with part("float64", points=0.5):
        model = module_of(student, dense(*PARTS), helper_for("averaging"), 4, 6, pre_norm=True)
        model.eval()
        model.double()
        x = torch.randn(2, 3, 4, generator=generator, dtype=torch.float64)
        require_dtype(model(x), torch.float64, "the input")


def _require_share(share, what):
    """A quarter of 4,000 numbers: five standard deviations are 3.4 %."""
    require(share > 0, "In training, {what} are not dropped.", what=what)
    require(
        abs(share - RATE) < 0.035,
        "With dropout=0.25, in training, {share:.0%} of {what} are dropped. Does dropout fall on something else as well, or twice?",
        what=what,
        share=share,
    )


def _require_dropout(student):
    zeros, ones, self_alone = torch.zeros(1, 40, 100), torch.ones(100), torch.eye(40, dtype=torch.bool)
    from_attention, from_dense = "the numbers that attention gives", "the numbers that `dense_out` gives"
    require_close(
        trained(student, zeros + 1, True),
        zeros + 1,
        "In training, pre-norm, with parts that give 0: what came in should come out whole, and does not (at {at}). Dropout falls on what the parts give, not on the residual path.",
    )
    for found, what in (
        (
            trained(student, zeros, True, times=1.0, mask=self_alone, attention_norm_bias=ones),
            from_attention,
        ),
        (trained(student, zeros, True, dense_out_bias=ones), from_dense),
    ):
        _require_share((found == 0).float().mean().item(), f"{what} (pre-norm)")
        require_close(
            found[found != 0].mean(), KEPT, "In training, {what} should be scaled up by 4/3 where they are kept; yours are not.", what=what, rtol=0.01
        )  # fmt: skip
    norms = {"attention_norm_weight": ones, "dense_norm_weight": ones}
    for found, what in (
        (trained(student, zeros, False, plus=1.0, **norms), from_attention),
        (trained(student, zeros, False, dense_out_bias=ones, **norms), from_dense),
    ):
        require(
            not (found.abs() < 1e-3).any() or not (found.abs() > 1e-3).any(),
            "In training, post-norm, dropout falls on what a norm gives. It falls on the part, before the sum.",
        )
        # a norm of numbers that are 0 or 4/3 has two values in each row, of which the lower one was dropped
        _require_share((found < -1e-3).float().mean().item(), f"{what} (post-norm)")
    x = torch.randn(1, 40, 100, generator=torch.Generator().manual_seed(1))
    require_close(
        trained(student, x, False, **norms),
        nn.functional.layer_norm(x, (100,)),
        "In training, post-norm, with parts that give 0: the norm of what came in should come out whole, and does not (at {at}). Dropout falls on what the parts give, not on the residual path.",
        atol=1e-3,
    )
    between = trained(
        student,
        torch.zeros(1, 400, 100),
        True,
        dense_norm_bias=-ones,
        dense_in_weight=torch.eye(100).repeat(2, 1),  # -1 everywhere between, of which GELU makes -0.158655
        dense_out_weight=torch.full((100, 200), 1 / (200 * -0.158655)),
    )
    kept = (
        between[between != 0] / KEPT
    )  # without what falls on `dense_out`: a mean of 200 numbers that are 0 or 4/3
    row = (
        kept.std().item()
    )  # 1 in sqrt(3 * 200), 0.0408, estimated from 400 tokens: five standard deviations are 0.007
    require(
        row > 1e-4,
        "In training, nothing is dropped between GELU and `dense_out`: dropout falls on three things.",
    )
    require(
        0.033 < row < 0.049 and abs(kept.mean().item() - 1) < 0.04,
        "In training, what is dropped between GELU and `dense_out` is not a quarter of what GELU gives, with the rest scaled up. Does it fall before GELU, or on what the norm gives?",
    )
    twice = trained(
        student,
        zeros,
        False,
        **norms,
        dense_in_bias=-torch.ones(200),
        dense_out_weight=torch.eye(100, 200),
    )
    share = (
        (twice > 1e-3).float().mean().item()
    )  # GELU gives less than 0, so what was dropped is the higher value
    require(
        abs(share - (1 - (1 - RATE) ** 2)) < 0.04,
        "In training, post-norm, what reaches the second sum should have met dropout twice, behind GELU and behind `dense_out`; in yours {share:.0%} of it is dropped, and it should be about 44 %.",
        share=share,
    )
