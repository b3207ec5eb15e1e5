"""Networks whose scores come from tables, and which keep a diary of what they have read: ELECTRA's two, seen from outside."""

import random

import numpy as np
from torch import nn

from . import helper


class Scorer(nn.Module):
    """Stands in for a generator or a discriminator: a token's scores are its row of a table and its place's, plus the mean of those of the
    text's real tokens. `came` says what it has read, and in which mode."""

    def __init__(self, table, places=None, around=0.0, stir=None):
        """table: float (vocabulary, ...), scores by the token that is read; places: float (at least time, ...), by its place; around: how much
        the mean counts; stir: a seed for Python's and numpy's generators, set whenever something is read (torch's stays as it is)."""
        super().__init__()
        self.table = nn.Parameter(table.clone())
        self.register_buffer("places", None if places is None else places.clone())
        self.around, self.stir, self.came = around, stir, []

    def forward(self, ids, real):
        """ids: long (batch, time); real: bool (batch, time). Returns float (batch, time, ...)."""
        if self.stir is not None:
            random.seed(self.stir)
            np.random.seed(self.stir)
        self.came.append({"ids": ids.detach().clone(), "real": real.detach().clone(), "training": self.training})  # fmt: skip
        scores = self.table[ids]
        if self.places is not None:
            scores = scores + self.places[: ids.shape[1]]
        if self.around:
            weights = real.to(scores.dtype).view(*real.shape, *[1] * (scores.dim() - 2))
            mean = (scores * weights).sum(1, keepdim=True) / weights.sum(1, keepdim=True).clamp(min=1)
            scores = scores + self.around * mean
        return scores


@helper
def scorer(table, places=None, around=0.0, stir=None, training=True):
    """A `Scorer`. training: its mode."""
    return Scorer(table, places, around, stir).train(training)
