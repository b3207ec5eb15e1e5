"""Oracles: the closed form of the mix; packed sequences."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from course.checks import gradients, part, require, require_close, require_shape
from course.checks.lab02_elmo.mixes import classifier_on, require_frozen

from . import lab
from .readers import batch


@lab.check()
def scalar_mix(student):
    generator = torch.Generator().manual_seed(student.seed)

    def draw(*shape):
        return [
            torch.randn(shape, generator=generator).requires_grad_(),
            torch.randn(shape[0], generator=generator).requires_grad_(),
            torch.randn((), generator=generator).requires_grad_(),
        ]

    def oracle(layers, weights, gamma):
        powers = weights.exp()
        return gamma * sum(p / powers.sum() * layer for p, layer in zip(powers, layers, strict=True))

    for shape in ((3, 2, 5, 4), (1, 2, 2, 3), (5, 1, 3, 2)):
        given = draw(*shape)
        got = student(*given)
        require_shape(got, shape[1:])
        require_close(got, oracle(*given), "{n} random layers: the mix at {at} is off.", n=shape[0])
    with part("layers of another form", points=0.5):
        for shape in ((3, 4), (4, 6, 2)):
            given = draw(*shape)
            got = student(*given)
            require_shape(got, shape[1:], f"Layers {shape} become one: the mix")
            require_close(
                got, oracle(*given), "Layers of shape {shape}: the mix at {at} is off.", shape=shape
            )
    with part("gradients", points=1):
        given = draw(3, 2, 4, 3)
        factor = torch.randn(2, 4, 3, generator=generator)
        got = student(*given)
        require_shape(got, (2, 4, 3))
        mine = gradients(got * factor, given)
        theirs = torch.autograd.grad((oracle(*given) * factor).sum(), given)
        for name, one, other in zip(("layers", "weights", "gamma"), mine, theirs, strict=True):
            require_close(
                one, other, "The mix is right, but its gradient for `{name}` is off at {at}.", name=name
            )
    with part("large weights", points=0.5):
        layers = torch.randn(3, 2, 2, 2, generator=generator)
        got = student.using(finite=False)(layers, torch.tensor([500.0, -500.0, 499.0]), torch.tensor(1.0))
        require_shape(got, (2, 2, 2))
        require(
            not got.isnan().any(),
            "Raw weights of some hundreds give nan: exp of them is inf. `softmax` minds that.",
        )
        shares = torch.tensor([1.0, 0.0, math.exp(-1)]) / (1 + math.exp(-1))
        require_close(
            got,
            torch.einsum("l,labc->abc", shares, layers),
            "With raw weights of some hundreds the mix at {at} is off.",
        )


def _mixed(weights, table, ids):
    shares = weights["weights"].exp() / weights["weights"].exp().sum()
    return weights["gamma"] * sum(s * layer[ids] for s, layer in zip(shares, table, strict=True))


def _classified(student, rng, sizes, oracle, lengths):
    """A model with random weights, its logits and the oracle's logits, which must agree; and the oracle's own leaves."""
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    layers, vocabulary, dim = rng.randint(2, 4), 20, sizes[0]
    table = torch.randn(layers, vocabulary, dim, generator=generator)
    model, weights = classifier_on(student, table, layers, *sizes, seed=rng.randrange(2**31))
    weights["weights"] = torch.randn(layers, generator=generator)
    weights["gamma"] = torch.rand((), generator=generator) + 0.5
    model.load_state_dict(weights)
    ids = batch(rng, lengths, vocabulary)
    leaves = {n: t.clone().requires_grad_() for n, t in weights.items() if n != "bilm.table"}
    truth = oracle(leaves, _mixed(leaves, table, ids), ids)
    logits = model(ids)
    require_shape(logits, (len(lengths), sizes[-1]))
    require_close(
        logits,
        truth,
        "Random layers, weights and texts of {lengths} tokens: the logit at {at} is off.",
        lengths=lengths,
    )
    return model, logits, truth, leaves, ids


def _require_gradients(model, logits, truth, leaves):
    mine = require_frozen(model, logits)
    (truth * torch.arange(1.0, truth.shape[1] + 1)).sum().backward()
    for name, leaf in leaves.items():
        require_close(
            mine[name], leaf.grad, "The gradient of `{name}` is off at {at}.", rtol=1e-3, atol=1e-4, name=name
        )


@lab.check()
def AveragedClassifier(student):
    rng = student.rng

    def oracle(weights, mixed, ids):
        means = [row[tokens != 0].mean(0) for row, tokens in zip(mixed, ids, strict=True)]
        return F.linear(torch.stack(means), weights["output.weight"], weights["output.bias"])

    for sizes, lengths in (((5, 3), [4, 1, 6]), ((3, 2), [2, 7])):
        found = _classified(student, rng, sizes, oracle, lengths)
    with part("gradients", points=0.5):
        _require_gradients(*found[:4])
    with part("a text without a token", points=0.5):
        model, _, _, leaves, ids = found
        ids = ids.clone()
        ids[0] = 0
        logits = model(ids)
        require_shape(logits, (len(ids), sizes[-1]))
        require_close(
            logits[0],
            leaves["output.bias"],
            "A row of padding alone has a mean of zeros, so its logits are the bias; yours differ at {at}.",
        )


@lab.check()
def RNNClassifier(student):
    rng = student.rng

    def oracle(weights, mixed, ids):
        rnn = nn.LSTM(mixed.shape[-1], weights["rnn.weight_hh_l0"].shape[1], batch_first=True)
        names = [n.removeprefix("rnn.") for n in weights if n.startswith("rnn.")]
        packed = nn.utils.rnn.pack_padded_sequence(
            mixed, (ids != 0).sum(1), batch_first=True, enforce_sorted=False
        )
        own = {n: weights[f"rnn.{n}"] for n in names}
        _, (last, _) = torch.func.functional_call(rnn, own, (packed,))
        return F.linear(last[0], weights["output.weight"], weights["output.bias"])

    for sizes, lengths in (((4, 3, 3), [4, 1, 6]), ((3, 5, 2), [2, 7, 7])):
        found = _classified(student, rng, sizes, oracle, lengths)
    with part("gradients", points=1):
        _require_gradients(*found[:4])
