"""Small encoders that fill gaps in the micro-world's sentences: what the comparisons of chapter 07 train."""

import time

import torch
from torch import nn
from torch.nn import functional as F
from transformers import MegatronBertConfig, MegatronBertModel

from course import load_tokenizer, microworld
from course.training import fit

MARKS, MASK, SHARE, ROWS = 5, 4, 0.15, 48
HELD_OUT = 1_000  # sentences


def encoder(layers, width=64):
    """A BERT with random weights, its norms before attention and feed-forward."""
    config = MegatronBertConfig(
        vocab_size=len(load_tokenizer("bert")), hidden_size=width, num_hidden_layers=layers, num_attention_heads=4,
        intermediate_size=4 * width, max_position_embeddings=64, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        initializer_range=0.08,
    )  # fmt: skip
    return MegatronBertModel(config, add_pooling_layer=False)


class Filler(nn.Module):
    """An encoder that fills gaps; its table of words is also its output layer."""

    def __init__(self, below):
        super().__init__()
        self.below, self.bias = below, nn.Parameter(torch.zeros(below.config.vocab_size))

    def forward(self, ids):
        """ids: long (row, time). Returns states, float (row, time, width)."""
        return self.below(ids, attention_mask=(ids != 0).long()).last_hidden_state

    def guesses(self, states):
        """Logits of words, float (..., vocabulary)."""
        return states @ self.below.get_input_embeddings().weight.T + self.bias


def sentences():
    """(train, held out): long (sentence, time), filled up with [PAD]."""
    lines = [" ".join(tokens) for tokens in microworld(0).sentences(200_000)]
    ids = load_tokenizer("bert")(
        lines, padding=True, return_tensors="pt", truncation=True, max_length=40
    ).input_ids
    order = torch.randperm(len(ids), generator=torch.Generator().manual_seed(0))
    return ids[order[HELD_OUT:]], ids[order[:HELD_OUT]]


def trimmed(ids):
    """No wider than the longest row."""
    return ids[:, : int((ids != 0).sum(1).max())]


def drawn(ids, generator=None):
    """Which tokens are hidden, bool like ids."""
    return (torch.rand(ids.shape, generator=generator) < SHARE) & (ids >= MARKS)


def mlm(model, ids, hidden):
    """The loss of the hidden tokens."""
    states = model(ids.masked_fill(hidden, MASK))
    return F.cross_entropy(model.guesses(states[hidden]), ids[hidden])


def train(model, batch, loss, steps, seed, rate=4e-3):
    """Seconds that it took."""
    start = time.perf_counter()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    fit(
        model, batch, loss, steps=steps, optimizer=optimizer, warmup=100, decay=0.5, seed=seed, progress=False
    )
    return time.perf_counter() - start


@torch.no_grad()
def filled(model, held_out):
    """The share of gaps filled, and the loss at them."""
    model.eval()
    hidden = drawn(held_out, torch.Generator().manual_seed(1))
    logits = model.guesses(model(held_out.masked_fill(hidden, MASK))[hidden])
    right = (logits.argmax(-1) == held_out[hidden]).float().mean().item()
    return {"filled": right, "loss": F.cross_entropy(logits, held_out[hidden]).item()}
