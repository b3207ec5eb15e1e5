"""Checks of the mix of layers and of the two classifiers on it."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from .. import Handle, helper_for, require, require_close, require_shape
from ..usual import looks_like, usual
from . import lab


@lab.check(points=3, returns=(Tensor,))
def scalar_mix(student):
    layers = torch.tensor([[[[1.0, 0.0, 2.0]]], [[[0.0, 1.0, 4.0]]]])  # (2 layers, 1, 1, 3)
    mixed = student(layers, torch.zeros(2), torch.tensor(1.0))
    require_shape(mixed, (1, 1, 3), "Two layers of shape (1, 1, 3) become one: the mix")
    mistakes = [
        ([0.0, 0.0, 0.0], "Weights of 0 are equal shares after a softmax; without it nothing is left"),
        ([1.0, 1.0, 6.0], "That is the sum of the layers: the shares should sum to 1"),
        ([1.5, 1.5, 4.0], "`gamma` is a factor; you add it"),
    ]
    require_close(
        mixed[0, 0],
        [0.5, 0.5, 3.0],
        "Raw weights of 0 and 0 are shares of a half each; the mix is [0.5, 0.5, 3.0], and yours has {got} at {at}.{known}",
        known=usual(mixed[0, 0], mistakes),
    )
    weights = torch.tensor([math.log(3), 0.0])  # shares 3/4 and 1/4
    mixed = student(layers, weights, torch.tensor(2.0))
    require_shape(mixed, (1, 1, 3), "Two layers of shape (1, 1, 3) become one: the mix")
    raw = math.log(3)
    mistakes = [
        ([0.75, 0.25, 2.5], "`gamma`, 2 here, is missing"),
        ([0.5, 1.5, 7.0], "The shares go to the wrong layers"),
        ([2 * raw, 0.0, 4 * raw], "The weights come in raw; the softmax is missing"),
        ([2.0, 0.0, 4.0], "You divide the weights by their sum; a softmax takes exp of them first"),
        ([1.0, 1.0, 6.0], "You mix in equal parts, whatever the weights are"),
        ([6.0, 2.0, 20.0], "exp of the weights is not divided by its sum"),
        ([0.9 * 2, 0.1 * 2, 2.2 * 2], "`gamma` belongs outside of the softmax"),
        ([0.9, 0.1, 2.2], "`gamma` belongs outside of the softmax"),
    ]
    require_close(
        mixed[0, 0],
        [1.5, 0.5, 5.0],
        "Raw weights ln 3 and 0 are shares of 3/4 and 1/4; with gamma 2 the mix is [1.5, 0.5, 5.0], and yours has {got} at {at}.{known}",
        known=usual(mixed[0, 0], mistakes),
    )


TABLE = torch.tensor(
    [
        [[9.0, 9.0], [1.0, 0.0], [0.0, 2.0], [4.0, 6.0]],
        [[7.0, 7.0], [3.0, 0.0], [0.0, 4.0], [2.0, 2.0]],
    ]
)  # (2 layers, 4 words, 2): word 0 is padding, and has a vector all the same


def classifier_on(student, table, *sizes, seed=0):
    """(the student's classifier on a model whose layers are this table, its weights): all random but `weights` and `gamma`."""
    model = student(helper_for("table_of_layers", table=table), *sizes)
    require(
        isinstance(model, Handle) and model.is_module,
        f"{student.name}(bilm, layers, ...) should make an nn.Module.",
    )
    model.float()  # whatever the notebook's default dtype is: what a check hands over has float32
    state = model.state_dict()
    rnn = [n for n in state if n.startswith("rnn.")]
    want = {"weights", "gamma", "bilm.table", *rnn, "output.weight", "output.bias"}
    require(
        set(state) == want and (bool(rnn) == (len(sizes) == 4)),
        "`__init__` sets `bilm`, `weights`, `gamma`{rnn} and `output`; keep them as given. Yours has {names}.",
        rnn=", `rnn`" if len(sizes) == 4 else "",
        names=", ".join(state),
    )
    generator = torch.Generator().manual_seed(seed)
    weights = {n: torch.randn(t.shape, generator=generator) for n, t in state.items()}
    weights |= {"bilm.table": table, "weights": torch.zeros(len(table)), "gamma": torch.tensor(1.0)}
    model.load_state_dict(weights)
    return model, weights


def require_frozen(model, logits):
    """The loss moves what stands on the language model, and not the language model."""
    require(
        logits.requires_grad,
        "The logits have no gradient at all: nothing can learn. Only the call of `bilm` belongs under no_grad.",
    )
    # of a sum that is not symmetric in the classes, so that no gradient is zero by chance
    (logits * torch.arange(1.0, logits.shape[1] + 1)).sum().backward()
    grads = model.grads()
    table = grads.pop("bilm.table")
    require(
        table is None or not table.any(),
        "A gradient reaches the language model, and training would change it. It is frozen here: call it under `torch.no_grad()`, or detach what it returns.",
    )
    for name, grad in grads.items():
        require(
            grad is not None and bool(grad.any()),
            "No gradient reaches `{name}`, which has to learn. Only the call of `bilm` belongs under no_grad.",
            name=name,
        )
    return grads


@lab.check(points=3, returns=(Tensor,))
def AveragedClassifier(student):
    model, weights = classifier_on(student, TABLE, 2, 2, 2)
    weights |= {"output.weight": torch.eye(2), "output.bias": torch.zeros(2)}
    model.load_state_dict(weights)
    ids = torch.tensor([[1, 2, 3], [1, 3, 0]])
    logits = model(ids)
    require_shape(logits, (2, 2), "Two texts and 2 classes: the logits")
    mistakes = [
        ([5.0, 7.0], "That is the sum of the three mixed vectors: divide by the number of real tokens"),
        ([5 / 3, 8 / 3], "That is layer 0 alone: mix the layers"),
        ([5 / 3, 6 / 3], "That is the top layer alone: mix the layers"),
        ([3.0, 4.0], "That is the mixed vector of the last token; average over all real ones"),
        ([10 / 3, 14 / 3], "The layers are added; their shares should sum to 1"),
        ([0.0, 0.0], "Raw weights of 0 are equal shares: is the softmax missing?"),
    ]
    require_close(
        logits[0],
        [5 / 3, 7 / 3],
        "With equal shares the three tokens' mixed vectors are [2, 0], [0, 3] and [3, 4], their mean [1.67, 2.33]; `output` passes it on here, and yours gives {got} at {at}.{known}",
        known=usual(logits[0], mistakes),
    )
    mistakes = [
        ([13 / 3, 4.0], "The padding's vector, [8, 8], is in the mean"),
        (
            [5 / 3, 4 / 3],
            "The padding is left out of the sum, and counted all the same: divide by 2, not by 3",
        ),
    ]
    require_close(
        logits[1],
        [2.5, 2.0],
        "[1, 3, 0] has two real tokens, with the mean [2.5, 2]; yours gives {got} at {at}.{known}",
        known=usual(logits[1], mistakes),
    )
    model.load_state_dict(weights | {"weights": torch.tensor([math.log(3), 0.0]), "gamma": torch.tensor(2.0)})
    logits = model(torch.tensor([[3]]))
    mistakes = [
        ([3.5, 5.0], "`gamma`, 2 here, is missing"),
        ([6.0, 8.0], "The layers are mixed in equal parts, whatever `weights` says"),
        ([5.0, 6.0], "The shares go to the wrong layers"),
    ]
    require_close(
        logits[0],
        [7.0, 10.0],
        "With shares 3/4 and 1/4 and gamma 2 the token 3 has the mixed vector [7, 10]; yours gives {got} at {at}.{known}",
        known=usual(logits[0], mistakes),
    )
    model, _ = classifier_on(student, TABLE, 2, 2, 2, seed=1)
    logits = model(ids)
    require_frozen(model, logits)
    for scores in (logits, logits.exp()):
        require(
            not looks_like(scores.sum(1), [1.0, 1.0]),
            "Your logits are probabilities, or their logarithms. Return them as they come out of `output`; the loss does the softmax.",
        )


@lab.check(points=4, returns=(Tensor,))
def RNNClassifier(student):
    model, weights = classifier_on(student, TABLE, 2, 2, 3, 2)
    ids = torch.tensor([[1, 3, 0], [1, 2, 3], [2, 0, 0]])
    logits = model(ids)
    require_shape(logits, (3, 2), "Three texts and 2 classes: the logits")
    swapped, other_end = model(torch.tensor([[2, 1, 3]])), model(torch.tensor([[1, 2, 1]]))
    require_shape(swapped, (1, 2), "One text and 2 classes: the logits")
    require(
        not looks_like(other_end[0], logits[1]),
        "Another last token, and the logits stay: the state you classify has not read it. Take the one after the last real token, not the first.",
    )
    require(
        not looks_like(swapped[0], logits[1]),
        "[1, 2, 3] and [2, 1, 3] get the same logits: their order is lost. `rnn` is to read the mixed vectors, one after the other, without an average.",
    )
    for row, n in ((0, 2), (2, 1)):
        alone = model(ids[row : row + 1, :n])
        require_shape(alone, (1, 2), "One text and 2 classes: the logits")
        require_close(
            logits[row],
            alone[0],
            "{row} and the same without its padding get other logits: the state you take has read padding, or stands elsewhere. Take the one at the last real token of each row.",
            row=ids[row].tolist(),
        )
    weighted = dict(model.state_dict()) | {"weights": torch.tensor([2.0, -2.0])}
    model.load_state_dict(weighted)
    mixed = model(ids)
    require(
        not looks_like(mixed, logits),
        "Other raw weights, and the same logits: mix the layers with `weights`.",
    )
    model.load_state_dict(weighted | {"gamma": torch.tensor(0.3)})
    require(
        not looks_like(model(ids), mixed),
        "Another `gamma`, and the same logits: the mix is multiplied by it.",
    )
    rnn = torch.nn.LSTM(2, 3, batch_first=True)
    rnn.load_state_dict({n.removeprefix("rnn."): t for n, t in weights.items() if n.startswith("rnn.")})
    states, (_, cell) = rnn(
        TABLE.mean(0)[ids[1:2]]
    )  # with raw weights of 0 the mix is the mean of the layers

    def classified(state):
        return F.linear(state, weights["output.weight"], weights["output.bias"]).detach()

    mistakes = [
        (classified(states[0].mean(0)), "That is the mean of all states; take the last one"),
        (classified(cell[0, 0]), "That is the cell of the LSTM, not its state: h, not c"),
    ]
    require_close(
        logits[1],
        classified(states[0, -1]),
        "For [1, 2, 3] the logits are not `output` of the state that `rnn` has after the third mixed vector; at {at} yours is {got}.{known}",
        known=usual(logits[1], mistakes),
    )
    model, _ = classifier_on(student, TABLE, 2, 2, 3, 2, seed=1)
    require_frozen(model, model(ids))
