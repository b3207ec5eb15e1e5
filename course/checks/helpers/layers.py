"""Layers that can have their parameters in common, and what happens when several of them are called one after the other."""

import torch
from torch import nn

from . import helper


class Layer(nn.Module):
    """Stands in for a layer of an encoder: three submodules, of which one has submodules itself, and a parameter that is in none of them."""

    def __init__(self, width):
        super().__init__()
        self.attention = nn.Linear(width, width)
        self.feed_forward = nn.Sequential(nn.Linear(width, 2 * width), nn.Tanh(), nn.Linear(2 * width, width))
        self.norm = nn.LayerNorm(width)
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x):
        """x: float (..., width). Returns the same shape."""
        x = self.norm(x + self.attention(x))
        return x + self.gain * self.feed_forward(x)


@helper
def known_layers(states):
    """An nn.ModuleList of `Layer`s with these weights. states: a list of their state dicts."""
    layers = nn.ModuleList(Layer(len(state["gain"])) for state in states)
    for layer, state in zip(layers, states, strict=True):
        layer.load_state_dict(state)
    return _as(states, layers)


@helper
def bert_layers(states, **sizes):
    """The layers of transformers' BERT with these weights, in evaluation mode. states: a list of their state dicts; sizes: as its `BertConfig` takes them."""
    from transformers import BertConfig, BertModel

    layers = BertModel(BertConfig(**sizes)).encoder.layer
    for layer, state in zip(layers, states, strict=True):
        layer.load_state_dict(state)
    return _as(states, layers).eval()


def _as(states, layers):
    """Layers in the dtype of their weights, whatever torch's default is at the student's side."""
    return layers.to(next(iter(states[0].values())).dtype)


class Stack(nn.Module):
    """Layers, called one after the other as a model calls them."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        """x: float (batch, time, width). Returns what the last layer gives."""
        for layer in self.layers:
            x = layer(x)
        return x

    def form(self):
        """(the class that the layers are in, as far as it is one of torch's, how many they are)."""
        kinds = ((nn.ModuleList, "ModuleList"), (nn.Sequential, "Sequential"), (nn.ModuleDict, "ModuleDict"))
        kind = next((name for kind, name in kinds if isinstance(self.layers, kind)), "")
        return kind, len(self.layers) if kind else 0

    def learn(self, x, target, rate, steps):
        """Plain gradient descent of all parameters on the mean squared difference from a target, float (batch, time, width)."""
        parameters = [p for p in self.parameters() if p.requires_grad]
        for _ in range(steps if parameters else 0):
            loss = (self(x) - target).pow(2).mean()
            found = torch.autograd.grad(loss, parameters, allow_unused=True)
            with torch.no_grad():
                for p, gradient in zip(parameters, found, strict=True):
                    if gradient is not None:
                        p -= rate * gradient


@helper
def stack(layers):
    """A `Stack` of layers."""
    return Stack(layers)
