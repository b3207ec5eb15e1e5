"""The check of `QAHead`: known states and weights, and a loss that can be worked out on paper."""

import math

import torch
from torch.nn import functional as F

from .. import Handle, part, require, require_close, require_graph, require_loss
from ..modules import dense, state_of
from ..sentences import describe
from ..usual import usual
from . import lab

INF = math.inf
HEAD = {"out.weight": torch.tensor([[1.0, -1, 0], [0.5, 0, 2]]), "out.bias": torch.tensor([0.25, -1])}
STATES = torch.tensor([[[1.0, 0, 0], [0, 1, 0], [2, 0, 1], [0, 0, 3]], [[0.0, 2, 1], [1, 1, 1], [3, 0, 0], [0, 1, 2]]])  # fmt: skip
MAY = torch.tensor([[True, False, True, True], [True, False, True, False]])


def scores_of(states, head):
    """float (batch, time, 2)."""
    return F.linear(states, head["out.weight"], head["out.bias"]).detach()


def head_of(student, width, weights):
    """The student's head with known weights, in evaluation mode."""
    model = student(width)
    require(isinstance(model, Handle) and model.is_module, "QAHead(...) should make an nn.Module.")
    model.float()  # whatever the notebook's default dtype is: what is handed over has float32
    names = sorted(state_of(model))
    require(names == sorted(dense("out")), "Keep the layers as `__init__` sets them: `out`. Yours has {names}.", names=", ".join(names) or "none")  # fmt: skip
    model.load_state_dict(weights)
    return model


def both_of(found, shape):
    """(start, end), two tensors of floats in this shape."""
    if isinstance(found, torch.Tensor):
        require(
            False,
            "`forward` gives two tensors, (start, end), each (batch, time); yours gives one of shape {shape}.{hint}",
            shape=tuple(found.shape),
            hint=" `unbind(-1)` takes the last axis apart." if found.shape == (*shape, 2) else "",
        )
    good = isinstance(found, (tuple, list)) and len(found) == 2
    require(good, "`forward` gives (start, end), two tensors; yours gives {what}.", what=describe(found))
    for name, each in zip(("start", "end"), found, strict=True):
        require(
            isinstance(each, torch.Tensor) and tuple(each.shape) == tuple(shape) and each.is_floating_point(),
            "The scores of the {name} are floats of shape {shape}, (batch, time); yours are {what}.{hint}",
            name=name, shape=tuple(shape), what=describe(each),
            hint=" An axis of length 1 is left." if isinstance(each, torch.Tensor) and tuple(each.shape) == (*shape, 1) else "",
        )  # fmt: skip
    return tuple(found)


def require_scores(found, states, may, head, begin):
    """Require the two scores of each token, where an answer may stand and where not."""
    plain = scores_of(states, head)
    shown = may[..., None].expand_as(plain)
    found = torch.stack(both_of(found, may.shape), -1).detach()
    truth = plain.masked_fill(~shown, -INF)
    turned = plain.masked_fill(shown, -INF)
    cut = plain.reshape(2, *may.shape).permute(1, 2, 0) if plain.numel() else plain
    require(not found.isnan().any(), "{begin}: nan comes out. Minus infinity times 0 is nan: put it where `may` is False, with `masked_fill`.", begin=begin)  # fmt: skip
    inside, outside = found[shown], found[~shown]
    if torch.allclose(inside, plain[shown], rtol=1e-4, atol=1e-4) and not (outside == -INF).all():
        hint = (
            " Is `may` used?" if torch.allclose(outside, plain[~shown], rtol=1e-4, atol=1e-4)
            else " Only one of the two is." if (found[..., 0][~may] == -INF).all() or (found[..., 1][~may] == -INF).all()
            else " 0 hides nothing: in a softmax it still has a share." if (outside == 0).all()
            else " A large negative number is not the same: where all are low it still has a share."
        )  # fmt: skip
        require(False, "{begin}: where `may` is False both scores are minus infinity; yours are not.{hint}", begin=begin, hint=hint)  # fmt: skip
    hidden = truth == -INF
    mistakes = [
        (truth.flip(-1), "Start and end have changed places: the first number of `out` is the start's"),
        (turned, "`may` is turned round: True = an answer may stand here"),
        (truth.softmax(1), "Those are probabilities; logits are asked for"),
        (truth.softmax(1).masked_fill(~shown, -INF), "Those are probabilities; logits are asked for"),
        (truth.log_softmax(1), "Those are logarithms of probabilities; logits are asked for"),
        (truth.softmax(-1), "Those are probabilities, and over start and end of one token"),
        (cut.masked_fill(~shown, -INF), "A reshape does not swap axes: the numbers of other tokens come together. `unbind(-1)` takes the last axis apart"),
        ((plain - head["out.bias"]).masked_fill(~shown, -INF), "The bias of `out` is missing"),
        (plain.relu().masked_fill(~shown, -INF), "A ReLU lies behind `out`; logits may be negative"),
        (scores_of(states.relu(), head).masked_fill(~shown, -INF), "A ReLU lies before `out`; there is one dense layer, and nothing else"),
        (scores_of(states.tanh(), head).masked_fill(~shown, -INF), "A tanh lies before `out`; there is one dense layer, and nothing else"),
        (plain[..., :1].expand_as(plain).masked_fill(~shown, -INF), "Start and end are the same number"),
        (plain[..., 1:].expand_as(plain).masked_fill(~shown, -INF), "Start and end are the same number"),
    ]  # fmt: skip
    # minus infinity at the same places compares as equal
    known = usual(_finite(found), [(_finite(wrong), said) for wrong, said in mistakes])
    good = torch.equal(found == -INF, hidden) and torch.allclose(_finite(found), _finite(truth), rtol=1e-4, atol=1e-4)  # fmt: skip
    require(good, "{begin}: the scores are not those of `out`, start first, where `may` is True.{known}", begin=begin, known=known)  # fmt: skip


def _finite(x):
    return x.clamp(-1e6, 1e6)


def require_learning(model, states, may):
    """Require gradients in `out` and in the states."""
    states = states.clone().requires_grad_(True)
    start, end = both_of(model(states, may), may.shape)
    require_graph(start)
    (start[may].sum() + 2 * end[may].sum()).backward()
    grad = model.grads().get("out.weight")
    require(grad is not None and grad.abs().sum() > 0, "No gradient reaches `out.weight`: is it used as it is, without `.data` or `detach`?")  # fmt: skip
    require(states.grad is not None and states.grad.abs().sum() > 0, "No gradient reaches the states, so the encoder cannot learn: something cuts the graph.")  # fmt: skip


def true_loss(start, end, starts, ends):
    return (F.cross_entropy(start, starts) + F.cross_entropy(end, ends)) / 2


def loss_mistakes(start, end, starts, ends):
    """Pairs (a wrong loss, a sentence)."""
    a, b, n = F.cross_entropy(start, starts), F.cross_entropy(end, ends), len(starts)

    def odd(work):
        try:
            return work()
        except (RuntimeError, IndexError):
            return torch.tensor(math.nan)

    return [
        (a + b, "That is the sum of the two cross-entropies; their mean is asked for"),
        (a, "That is the start's alone"), (b, "That is the end's alone"),
        ((a + b) * n, "That is the sum over the rows; the mean is asked for"), ((a + b) / 2 * n, "That is the sum over the rows; the mean is asked for"),
        (true_loss(start, end, ends, starts), "The true starts and ends have changed places"),
        (-(a + b) / 2, "The sign is turned round"),
        (torch.maximum(a, b), "That is the larger of the two; their mean is asked for"),
        (odd(lambda: true_loss(start.softmax(-1), end.softmax(-1), starts, ends)), "`F.cross_entropy` takes logits, and does the softmax itself"),
        (odd(lambda: -(start.softmax(-1).gather(1, starts[:, None]) * end.softmax(-1).gather(1, ends[:, None])).mean()), "That is a probability, and not its logarithm"),
        (odd(lambda: (F.cross_entropy(start, starts, ignore_index=0) + F.cross_entropy(end, ends, ignore_index=0)) / 2), "Rows whose answer is place 0, “not here”, count like all others"),
    ]  # fmt: skip


START = torch.tensor([[0.0, 0, math.log(2.0)], [math.log(3.0), 0, 0], [0, math.log(5.0), 0]])
END = torch.tensor([[0.0, math.log(4.0), 0], [0, 0, 0], [0, 0, math.log(2.0)]])
STARTS, ENDS = torch.tensor([2, 0, 1]), torch.tensor([1, 2, 1])
OUTSIDE = torch.tensor([[False, True, False], [False, False, True], [True, False, False]])
LOSSES = [
    (START, END, STARTS, ENDS, "Three rows of three places, true starts 2, 0 and 1, true ends 1, 2 and 1"),
    (START.masked_fill(OUTSIDE, -INF), END, STARTS, ENDS, "Logits some of which are minus infinity"),
]


def judge_loss(model, start, end, starts, ends, begin):
    """Require the loss of logits and places."""
    start, end = start.clone().requires_grad_(True), end.clone().requires_grad_(True)
    found = require_loss(model.loss(start, end, starts, ends))
    truth = true_loss(start.detach(), end.detach(), starts, ends)
    require_close(found, truth, "{begin}: the loss is {got}, which is not the mean of the two cross-entropies.{known}", begin=begin, known=usual(found, loss_mistakes(start.detach(), end.detach(), starts, ends)), rtol=1e-4)  # fmt: skip
    found.backward()
    require(start.grad is not None and start.grad.abs().sum() > 0 and end.grad is not None and end.grad.abs().sum() > 0, "{begin}: no gradient reaches the logits.", begin=begin)  # fmt: skip


def judge_head(student, cases, losses):
    """All that is asked of QAHead. cases: (states, may, weights, the beginning of a message); losses: (start, end, starts, ends, the same)."""
    for states, may, weights, begin in cases:
        model = head_of(student, states.shape[-1], weights)
        require_scores(model(states, may), states, may, weights, begin)
        require_learning(model, states, may)
    with part("loss", points=1):
        for each in losses:
            judge_loss(model, *each)


@lab.check(points=3)
def QAHead(student):
    judge_head(student.using(finite=False), [(STATES, MAY, HEAD, "Known states and weights")], LOSSES)
