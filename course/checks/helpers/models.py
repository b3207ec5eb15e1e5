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


class WordsAndSegments(nn.Module):
    """Stands in for BERT's embeddings: the norm of a word's vector, to which a token of segment 1 adds [1, −1, 0, …]; places do not count."""

    def __init__(self, vocabulary_size, dim):
        super().__init__()
        self.word_embedding = nn.Embedding(vocabulary_size, dim)

    def forward(self, ids, segments=None):
        """ids: long (batch, time); segments: long (batch, time), or None: all 0. Returns float (batch, time, dim)."""
        x = self.word_embedding(ids)
        if segments is not None:
            told = torch.zeros(x.shape[-1], dtype=x.dtype, device=x.device)
            told[0], told[1] = 1, -1
            x = x + segments[..., None].to(x.dtype) * told
        return nn.functional.layer_norm(x, x.shape[-1:], eps=1e-12)


@helper
def words_and_segments():
    """What stands in for a class of embeddings: (vocabulary_size, dim, positions) -> a `WordsAndSegments`."""
    return lambda vocabulary_size, dim, positions: WordsAndSegments(vocabulary_size, dim)
