import math

import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


def scores(self, states, may):
    return self.out(states)


def hide(found, may):
    return found.masked_fill(~may[..., None], -math.inf)


def apart(found):
    return found.unbind(-1)


def cost(start, end, starts, ends):
    return (F.cross_entropy(start, starts) + F.cross_entropy(end, ends)) / 2


def made(scores=scores, hide=hide, apart=apart, cost=cost, layers=lambda width: {"out": nn.Linear(width, 2)}):
    """The exercise's class, out of its steps."""

    class QAHead(nn.Module):
        def __init__(self, width):
            super().__init__()
            for name, layer in layers(width).items():
                setattr(self, name, layer)

        def forward(self, states, may):
            return apart(hide(scores(self, states, may), may))

        def loss(self, start, end, starts, ends):
            return cost(start, end, starts, ends)

    return QAHead


@right
def the_steps_of_this_file():
    return made()


@right
def two_columns():
    return made(apart=lambda found: (found[..., 0], found[..., 1]))


@right
def where_and_a_list():
    return made(hide=lambda found, may: torch.where(may.unsqueeze(-1), found, torch.tensor(-math.inf)), apart=lambda found: [part.squeeze(-1) for part in found.split(1, dim=-1)])  # fmt: skip


@right
def by_matrix_and_added():
    def hide(found, may):
        return found + torch.zeros(may.shape).masked_fill(~may, -math.inf)[..., None]

    return made(scores=lambda self, states, may: states @ self.out.weight.T + self.out.bias, hide=hide)


@right
def the_loss_by_hand():
    def cost(start, end, starts, ends):
        rows = torch.arange(len(starts))
        return -(start.log_softmax(1)[rows, starts] + end.log_softmax(1)[rows, ends]).mean() / 2

    return made(cost=cost)


@wrong("Start and end have changed places", earns=0)
def exchanged():
    return made(apart=lambda found: found.flip(-1).unbind(-1))


@wrong("`may` is turned round")
def mask_turned_round():
    return made(hide=lambda found, may: found.masked_fill(may[..., None], -math.inf))


@wrong("Is `may` used?")
def mask_not_used():
    return made(hide=lambda found, may: found)


@wrong("0 hides nothing")
def zeros():
    return made(hide=lambda found, may: found * may[..., None])


@wrong("A large negative number is not the same")
def minus_ten_thousand():
    return made(hide=lambda found, may: found.masked_fill(~may[..., None], -1e4))


@wrong("Only one of the two is")
def the_start_alone_hidden():
    def hide(found, may):
        start, end = found.unbind(-1)
        return torch.stack([start.masked_fill(~may, -math.inf), end], -1)

    return made(hide=hide)


@wrong("Minus infinity times 0 is nan")
def infinity_times_zero():
    return made(hide=lambda found, may: found + (~may[..., None]) * -math.inf)


@wrong("gives one of shape")
def not_taken_apart():
    return made(apart=lambda found: found)


@wrong("A reshape does not swap axes")
def reshaped():
    return made(
        hide=lambda found, may: found.reshape(2, *may.shape).permute(1, 2, 0).masked_fill(~may[..., None], -math.inf)
    )  # fmt: skip


@wrong("An axis of length 1 is left")
def an_axis_left():
    return made(apart=lambda found: found.split(1, dim=-1))


@wrong("Those are probabilities")
def probabilities():
    return made(hide=lambda found, may: found.masked_fill(~may[..., None], -math.inf).softmax(1).masked_fill(~may[..., None], -math.inf))  # fmt: skip


@wrong("Those are logarithms of probabilities")
def logarithms():
    return made(hide=lambda found, may: found.masked_fill(~may[..., None], -math.inf).log_softmax(1))


@wrong("The bias of `out` is missing")
def no_bias():
    return made(scores=lambda self, states, may: states @ self.out.weight.T)


@wrong("A ReLU lies behind `out`")
def relu_behind():
    return made(scores=lambda self, states, may: self.out(states).relu())


@wrong("A ReLU lies before `out`")
def relu_before():
    return made(scores=lambda self, states, may: self.out(states.relu()))


@wrong("A tanh lies before `out`")
def tanh_before():
    return made(scores=lambda self, states, may: self.out(states.tanh()))


@wrong("Start and end are the same number")
def one_score():
    return made(scores=lambda self, states, may: self.out(states)[..., :1].expand(-1, -1, 2))


@wrong("Keep the layers as `__init__` sets them", earns=0)
def two_layers():
    return made(layers=lambda width: {"start": nn.Linear(width, 1), "end": nn.Linear(width, 1)})


@wrong("something cuts the graph")
def without_a_graph():
    return made(scores=lambda self, states, may: self.out(states.detach()))


@wrong("No gradient")
def weights_detached():
    return made(scores=lambda self, states, may: F.linear(states, self.out.weight.data, self.out.bias.data))


@wrong("That is the sum of the two cross-entropies", earns=2)
def the_sum():
    return made(cost=lambda start, end, starts, ends: F.cross_entropy(start, starts) + F.cross_entropy(end, ends))  # fmt: skip


@wrong("That is the start's alone", earns=2)
def the_start_alone():
    return made(cost=lambda start, end, starts, ends: F.cross_entropy(start, starts))


@wrong("That is the end's alone", earns=2)
def the_end_alone():
    return made(cost=lambda start, end, starts, ends: F.cross_entropy(end, ends))


@wrong("The true starts and ends have changed places", earns=2)
def places_exchanged():
    return made(cost=lambda start, end, starts, ends: cost(start, end, ends, starts))


@wrong("does the softmax itself", earns=2)
def softmax_twice():
    return made(cost=lambda start, end, starts, ends: cost(start.softmax(-1), end.softmax(-1), starts, ends))


@wrong("That is the sum over the rows", earns=2)
def summed_over_rows():
    return made(cost=lambda start, end, starts, ends: cost(start, end, starts, ends) * len(starts))


@wrong("count like all others", earns=2)
def cls_left_out():
    return made(cost=lambda start, end, starts, ends: (F.cross_entropy(start, starts, ignore_index=0) + F.cross_entropy(end, ends, ignore_index=0)) / 2)  # fmt: skip


@wrong("The sign is turned round", earns=2)
def negative():
    return made(cost=lambda start, end, starts, ends: -cost(start, end, starts, ends))


@wrong("alone", earns=2)
def the_larger():
    return made(cost=lambda start, end, starts, ends: torch.maximum(F.cross_entropy(start, starts), F.cross_entropy(end, ends)))  # fmt: skip


@wrong("no gradient flows", earns=2)
def a_plain_number():
    return made(cost=lambda start, end, starts, ends: cost(start, end, starts, ends).item())


@wrong("", earns=0)
def constant():
    return made(hide=lambda found, may: torch.zeros(*may.shape, 2), cost=lambda *given: torch.tensor(0.0))


@wrong("", earns=0)
def identity():
    return made(
        scores=lambda self, states, may: states[..., :2], cost=lambda start, end, starts, ends: starts
    )


@wrong("", earns=0)
def hard_coded_examples():
    known = torch.tensor([[[1.25, -0.5], [-math.inf, -math.inf], [2.25, 2.0], [0.25, 5.0]], [[-1.75, 1.0], [-math.inf, -math.inf], [3.25, 0.5], [-math.inf, -math.inf]]])  # fmt: skip
    return made(hide=lambda found, may: known, cost=lambda *given: torch.tensor(1.0))
