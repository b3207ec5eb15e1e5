"""Somebody who draws from a sampler, keeps its state and takes it up again: many draws in one reply."""

import json
import random

import numpy as np
import torch

from . import helper


class Draws:
    """A sampler at the student's side."""

    def __init__(self, sampler):
        self.sampler = sampler
        self.states = []

    def take(self, n, disturbed=False):
        """The next n draws. disturbed: all global generators are seeded anew before each."""
        found = []
        for _ in range(n):
            if disturbed:
                random.seed(0)
                np.random.seed(0)
                torch.manual_seed(0)
            found.append(next(self.sampler))
        return found

    def keep(self):
        """Ask for the state, and put it away as it is. Returns what JSON makes of it, a text."""
        self.states.append(self.sampler.state())
        return json.dumps(self.states[-1])

    def kept(self, i=-1):
        """What JSON makes of a state that was put away, as it is now."""
        return json.dumps(self.states[i])

    def load(self, text):
        """Go on from a state that went through JSON."""
        self.sampler.load(json.loads(text))

    def load_from(self, other, i=-1):
        """Go on from the very object that another one has put away."""
        self.sampler.load(other.states[i])


@helper
def draws(sampler):
    """A `Draws`."""
    return Draws(sampler)
