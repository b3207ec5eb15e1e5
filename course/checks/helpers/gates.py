"""Losses that hang on gates, one for each head, in a way that is known: what a measurement of heads is tried on."""

import torch
from torch import nn

from . import helper


class Slopes(nn.Module):
    """A loss (example, gates) -> scalar whose slopes at gates of 1 are known, and which are others elsewhere. It notes what it was asked.

    The gradient of `own`, a parameter of the loss's own, is never zero: whoever leaves a gradient behind leaves it there.
    """

    def __init__(self, examples, slopes, bends, grad=None):
        """examples: a list of str; slopes, bends: float (example, layers, heads), the first and the second derivative at 1; grad: what a
        training before has left in the gradient of `own`, a number; None = nothing."""
        super().__init__()
        self.examples, self.slopes, self.bends = examples, slopes, bends
        self.own = nn.Parameter(torch.ones(slopes.shape[1:]))
        if grad is not None:
            self.own.grad = torch.full_like(self.own, grad)
        self.asked, self.gates = [], []

    def forward(self, example, gates):
        """example: one of `examples`; gates: float (layers, heads). For anything else: 0, and a note."""
        shape = tuple(gates.shape) if isinstance(gates, torch.Tensor) else type(gates).__name__
        known = isinstance(example, str) and example in self.examples
        self.asked.append(example if known else type(example).__name__)
        self.gates.append(shape)
        if not known or shape != tuple(self.own.shape):
            return (0.0 * gates.sum() if isinstance(gates, torch.Tensor) else 0.0) + self.own.mean()
        i = self.examples.index(example)
        off = gates - 1
        first = (self.slopes[i] * self.own * off).sum()
        return first + (self.bends[i] * off**2).sum() / 2 + self.own.mean() * (1 + i)


@helper
def known_slopes(examples, slopes, bends, grad=None):
    """A `Slopes`."""
    return Slopes(examples, slopes, bends, grad)
