"""Models whose numbers are known, to stand in for those that a student's code expects."""

import torch
from torch import nn

from . import helper


class Classifier(nn.Module):
    """An encoder with a head on top, as small as a transfer-learning set-up can be: two layers below, one above."""

    def __init__(self, width=4, classes=2):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(3, width), nn.ReLU(), nn.Linear(width, width))
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        """x: float (batch, 3). Returns logits (batch, classes)."""
        return self.head(self.encoder(x))


@helper
def classifier(encoder, trainable, half=False):
    """A `Classifier` with the given encoder weights.

    encoder: state dict of the encoder; trainable: names of the encoder's parameters that learn; half: float16 weights.
    """
    model = Classifier(width=encoder["0.weight"].shape[0])
    model.encoder.load_state_dict(encoder)
    for name, parameter in model.encoder.named_parameters():
        parameter.requires_grad_(name in trainable)
    return model.to(torch.float16) if half else model


class Table(nn.Module):
    """Stands in for a language model with several layers, so that each of its numbers is known: layer l has the same vector for a
    token wherever it stands."""

    def __init__(self, table):
        """table: float (layers, vocabulary, dim)."""
        super().__init__()
        self.table = nn.Parameter(table)

    def forward(self, ids):
        """ids: long (batch, time). Returns float (layers, batch, time, dim)."""
        return self.table[:, ids]


@helper
def table_of_layers(table):
    """A `Table`; its weights learn unless somebody stops them."""
    return Table(table.clone())


class Averaging(nn.Module):
    """Stands in for attention: each query gets the mean of what it may see, times a number, plus a number."""

    def __init__(self, times, plus):
        super().__init__()
        self.times, self.plus = times, plus

    def forward(self, x, *, mask=None):
        """x: float (batch, time, dim); mask: bool, broadcasts to (batch, 1, time, time), True = may attend."""
        if mask is None:
            seen = x.mean(1, keepdim=True).expand_as(x)
        else:
            may = mask.expand(len(x), 1, x.shape[1], x.shape[1])[:, 0].to(x.dtype)
            seen = may @ x / may.sum(-1, keepdim=True).clamp(min=1)
        return self.times * seen + self.plus


@helper
def averaging(times=1.0, plus=0.0):
    """An `Averaging`, without weights."""
    return Averaging(times, plus)
