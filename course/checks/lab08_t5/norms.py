"""The check of `RMSNorm`."""

import torch

from .. import gradients, require, require_close, require_graph
from ..modules import module_of
from ..usual import usual
from . import lab

AXES = "(..., width)"


def norm_of(student, *given, **named):
    """The student's norm, whose one parameter is `weight`."""
    return module_of(student, ["weight"], *given, axes=AXES, **named)


def rms(x, *axes, keepdim=True):
    """The root mean square over some axes."""
    return x.square().mean(axes, keepdim=keepdim).sqrt()


@lab.check(points=1, returns=(torch.Tensor,), without=("transformers",))
def RMSNorm(student):
    model = norm_of(student, 4)
    x = torch.tensor([[3.0, 4, 0, 0], [1, -1, 7, -7], [10, 10, 10, 10]])
    truth = torch.tensor([[1.2, 1.6, 0, 0], [0.2, -0.2, 1.4, -1.4], [1, 1, 1, 1]])
    found = model(x)
    even = x - x.mean(-1, keepdim=True)
    mistakes = [
        (even / (even.square().mean(-1, keepdim=True) + 1e-6).sqrt(), "That is a layer norm: here no mean is taken off"),
        (even / rms(x, -1), "You take the mean off; here nothing is taken off"),
        (x / (x.std(-1, keepdim=True) + 1e-6), "You divide by the standard deviation, for which the mean is taken off; here it is not"),
        (x / (x.var(-1, keepdim=True) + 1e-6).sqrt(), "You divide by the standard deviation, for which the mean is taken off; here it is not"),
        (x / (even.square().mean(-1, keepdim=True) + 1e-6).sqrt(), "You divide by the standard deviation, for which the mean is taken off; here it is not"),
        (x / x.norm(dim=-1, keepdim=True), "You divide by the length, the root of the *sum* of the squares; it is the root of their mean"),
        (x / rms(x, -1).square(), "The root is missing: you divide by the mean of the squares"),
        (x * rms(x, -1), "You multiply by the root mean square; divide"),
        (x / x.abs().mean(-1, keepdim=True), "You divide by the mean of the absolute values, not by the root of the mean of the squares"),
        (x / x.abs().amax(-1, keepdim=True), "You divide by the largest number"),
        (x / rms(x, 0), "You average over the first axis; each vector, the last axis, is normed by itself"),
        (x / rms(x, 0, 1), "You average over all vectors together; each is normed by itself"),
        (x / rms(x, -1).square().sqrt().sqrt(), "The root is taken twice"),
        (2 * truth, "The result is twice as large: is 1 added to `weight`? It is multiplied as it is"),
        (truth + 1, "`weight` is added; multiply by it"),
        (x, "That is x as it came"),
        (truth + x, "x is added to it; the residual connection belongs to the block"),
    ]  # fmt: skip
    require_close(
        found,
        truth,
        "[3, 4, 0, 0] has a mean of squares of 25/4, so it is divided by 5/2; at {at} of three vectors yours has {got}.{known}",
        known=usual(found, mistakes),
    )
    stacked = torch.stack([x, x.flip(0)])[:, None]  # (2, 1, 3, 4)
    found = model(stacked)
    require_close(
        found,
        torch.stack([truth, truth.flip(0)])[:, None],
        "With more axes in front, (2, 1, 3, 4), the result is off at {at}: each vector is normed by itself, over the last axis, -1.",
    )
    require_close(
        model(x[0]),
        truth[0],
        "One vector alone, (4,), is off at {at}: it is normed over the last axis, -1.",
    )
    model.load_state_dict({"weight": torch.tensor([1.0, 2, 3, 0])})
    found = model(x)
    mistakes = [
        (truth, "`weight` is not used"),
        (truth * torch.tensor([2.0, 3, 4, 1]), "1 is added to `weight`; it is multiplied as it is"),
        (truth + torch.tensor([1.0, 2, 3, 0]), "`weight` is added; multiply by it"),
    ]
    weighted = x * torch.tensor([1.0, 2, 3, 0])
    mistakes += [(weighted / rms(weighted, -1), "First the division, then `weight`")]
    require_close(
        found,
        truth * torch.tensor([1.0, 2, 3, 0]),
        "With a `weight` of [1, 2, 3, 0] the result is off at {at} ({got}).{known}",
        known=usual(found, mistakes),
    )
    _require_eps(student)
    leaf = x[:2].clone().requires_grad_()
    model.load_state_dict({"weight": torch.ones(4)})
    found = model(leaf)
    require_graph(found)
    require_close(
        gradients(found[:, 0], [leaf])[0],
        [[16 / 62.5, -12 / 62.5, 0, 0], [99 / 500, 1 / 500, -7 / 500, 7 / 500]],
        "The result is right, and its gradient for x is off at {at}: is a part of it detached (detach, item, .data)?",
    )
    found.sum().backward()
    weight = model.grads().get("weight")
    require(
        weight is not None and bool(weight.any()),
        "No gradient reaches `weight`: is it detached (detach, .data)?",
    )


def _require_eps(student):
    """Where eps stands, and that it is the one given."""
    model = norm_of(student, 4, 3.0)
    ones = torch.ones(1, 4)
    found = model(torch.cat([ones, 0 * ones]))
    root = 3**0.5
    mistakes = [
        (1 / (1 + 3.0), "You add eps behind the root; it stands inside it"),
        (1 / (1 + root), "You add eps behind the root; it stands inside it"),
        (1.0, "eps is not used, or another than `self.eps`"),
        (1 / root, "eps is the least that you divide by; it is added"),
        (1 / 3, "eps is the least that you divide by; it is added"),
        (1 / 10**0.5, "The square of eps is added; add eps itself"),
        (1 / 7**0.5, "eps is added to the *sum* of the squares, or once for each number; add it once to their mean"),
        (1 / 1.75**0.5, "eps is added to the *sum* of the squares; add it to their mean"),
        (1 / 13**0.5, "eps is added once for each number; add it once to the mean of the squares"),
        (1 / 16, "The root is missing"),
        (4 / (1 + 3), "eps is not used as it should be"),
    ]  # fmt: skip
    require_close(
        found[0],
        [0.5] * 4,
        "With eps=3 a vector of ones is divided by √(1 + 3) = 2; yours gives {got}.{known}",
        known=usual(found[0], [(torch.full((4,), v), s) for v, s in mistakes]),
    )
    require_close(found[1], [0.0] * 4, "A vector of zeros stays one of zeros; yours holds {got}.")
    small = norm_of(student, 2)
    require_close(
        small(torch.tensor([[0.0, 0.0], [3e-4, 4e-4]])),
        [[0, 0], [0.28284271, 0.37712362]],
        "Without a second argument eps is 1e-6, inside the root; [0, 0] and [0.0003, 0.0004] are off at {at} ({got}): is it `self.eps` that you add, to the mean of the squares?",
    )
