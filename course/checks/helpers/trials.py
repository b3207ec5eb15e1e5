"""What a measurement is made with, and what it did with it: encoders, trainings and models that keep a diary.

The diary lies in the student's process, where code that looks for it could write it. It is believed nevertheless: who forges it must make up
a fair measurement, row by row, which is more work than to make one; and no score, hidden check or other submission is in reach from there.
"""

import torch
from torch import nn

from . import helper


class Blank(nn.Module):
    """Stands in for an encoder: it knows which one it is, and of how many trainings it comes."""

    def __init__(self, number):
        super().__init__()
        self.number, self.tuned = number, 0
        self.weight = nn.Parameter(torch.zeros(2))


class Known(nn.Module):
    """Stands in for a trained model: of the test it has as many right as was decided beforehand, and all of what it was trained on."""

    def __init__(self, places, guesses, classes, note, examples):
        """places: dict of a row's ids -> its place; guesses: long (place,); note: where it notes down being asked about the test, which begins
        at the place `examples`, in training mode."""
        super().__init__()
        self.places, self.guesses, self.classes = places, guesses, classes
        self.note, self.examples = note, examples

    def forward(self, ids):
        """ids: long (review, time). Returns logits, float (review, classes)."""
        rows = [self.places.get(key, -1) for key in keys_of(ids)]
        self.note["training"] |= self.training and max(rows, default=-1) >= self.examples
        found = torch.stack([self.guesses[p] if p >= 0 else torch.tensor(0) for p in rows])
        logits = torch.arange(float(self.classes)).repeat(len(rows), 1) / 10 - 5
        return logits.scatter_add(1, found[:, None], torch.full((len(rows), 1), 3.0))


def keys_of(ids):
    """Rows of ids without padding, as what a dict may have for a key."""
    return [tuple(i for i in row if i) for row in torch.as_tensor(ids).tolist()]


class Trials:
    """`make_encoder` and `tune` for a measurement, and the `diary` of what was asked of them.

    train, test: pairs (ids, labels), with no row twice; right: how many of the test the first, second, … model that is trained has right.
    """

    def __init__(self, train, test, right):
        self.classes = int(train[1].max()) + 1
        self.places = {key: i for i, key in enumerate(keys_of(torch.cat([train[0], test[0]])))}
        self.labels, self.examples = torch.cat([train[1], test[1]]), len(train[0])
        self.right, self.made, self.tuned = right, [], []

    def make_encoder(self, pretrained, seed):
        """A new `Blank`."""
        self.made.append((plain(pretrained), plain(seed)))
        return Blank(len(self.made) - 1)

    def tune(self, encoder, ids, labels, seed):
        """A `Known`, in evaluation mode; notes down from what."""
        n, kind = len(self.tuned), type(encoder)
        torch.rand(n + 3)  # as a training does, it draws
        rows = keys_of(ids)
        given = torch.as_tensor(labels).tolist()
        places = [self.places.get(row, -1) for row in rows]
        truth = [int(self.labels[p]) if p >= 0 else None for p in places]
        note = {
            "encoder": encoder.number if kind is Blank else None,
            "before": encoder.tuned if kind is Blank else 0,
            "places": places,
            "labels": given == truth,
            "seed": plain(seed),
            "training": False,
        }
        self.tuned.append(note)
        if kind is Blank:
            encoder.tuned += 1
        guesses = self.labels.clone()
        order = torch.randperm(len(self.labels) - self.examples, generator=torch.Generator().manual_seed(n))
        wrong = self.examples + order[self.right[n % len(self.right)] :]
        guesses[wrong] = (guesses[wrong] + 1) % self.classes
        untouched = torch.tensor([p for p in range(self.examples) if p not in places], dtype=torch.long)
        guesses[untouched] = (guesses[untouched] + 1) % self.classes
        return Known(self.places, guesses, self.classes, note, self.examples).eval()

    def diary(self):
        """(made, tuned): (pretrained, seed) of each encoder, and what each model came from, in the order in which they were made."""
        return self.made, self.tuned


def plain(x):
    """A number or a truth value as Python has it, where it is one."""
    return x.item() if hasattr(x, "item") else x


@helper
def trials(train, test, right):
    """A `Trials`."""
    return Trials(train, test, right)
