"""Parts of language models, and whole ones, whose guesses are known."""

import functools

import torch
from torch import nn
from torch.nn import functional as F

from . import helper


class RunningAverage(nn.Module):
    """Stands in for causal self-attention: each token gets the mean of itself and the real tokens before it."""

    def forward(self, x, attention_mask=None):
        """x: float (batch, time, dim); attention_mask: bool (batch, time), True = a real token."""
        time = x.shape[1]
        may = torch.ones(time, time, dtype=torch.bool, device=x.device).tril()
        if attention_mask is not None:
            may = may & attention_mask[:, None] | torch.eye(time, dtype=torch.bool, device=x.device)
        weights = may.to(x.dtype)
        return weights / weights.sum(-1, keepdim=True) @ x


@helper
def running_average():
    """What stands in for a class of attention: (dim, heads) -> a `RunningAverage`, without weights."""
    return lambda dim, heads: RunningAverage()


class Continues(nn.Module):
    """A language model from the left whose guess depends on all that it has read, on its order and on its length."""

    def __init__(self, vectors, places, fading):
        """vectors: float (vocabulary, dim); places: float (at least time, dim); fading: of what was read, each step."""
        super().__init__()
        self.vectors, self.places, self.fading = vectors, places, fading

    def forward(self, ids):
        """ids: long (batch, time). Returns logits, float (batch, time, vocabulary)."""
        state, states = self.vectors.new_zeros(len(ids), self.vectors.shape[1]), []
        for t in range(ids.shape[1]):
            state = (self.fading * state + self.vectors[ids[:, t]].roll(1, -1)).tanh() + self.places[t]
            states.append(state)
        return torch.stack(states, 1) @ self.vectors.T


@helper
def continues(vectors, places, fading=0.7):
    """A `Continues`, in evaluation mode; its weights do not learn."""
    return Continues(vectors, places, fading).eval()


@helper
def follows(table):
    """A language model that looks at the last token alone. table: float (vocabulary, vocabulary), the logits after each token; it learns."""
    learned = nn.Parameter(table.clone())
    return lambda ids: learned[ids]


@helper
def gpt2(weights, **config):
    """transformers' GPT2LMHeadModel as a function from ids to logits. weights: state dict; config: of `GPT2Config`."""
    from transformers import GPT2Config, GPT2LMHeadModel

    model = GPT2LMHeadModel(GPT2Config(**config)).eval()
    model.load_state_dict(weights, strict=False)  # the head is the tied table
    model.tie_weights()
    return lambda ids: model(ids).logits


class Step:
    """A training step, seen from outside: ids in, (logits, targets) out.

    A text's vectors are mixed over time by what `kind` names; `shift` places further on stands the token that a guess is
    compared with.
    """

    def __init__(
        self, kind, vectors, output, scores, shift=1, start=False, strength=1.0, silent=0, **settings
    ):
        """vectors: float (vocabulary, dim), of the tokens; output: float (dim, vocabulary); scores: float (time, time);
        start: a token is put in front of the text, so that its first token is guessed too; strength: of all but the token itself; silent: how many of the
        first guesses are compared with nothing.
        """
        self.kind, self.vectors, self.output, self.scores = kind, vectors, output, scores
        self.shift, self.start, self.strength, self.silent, self.settings = (
            shift,
            start,
            strength,
            silent,
            settings,
        )

    def __call__(self, ids):
        """ids: long (batch, time). Returns logits, float (batch, guesses, vocabulary), and targets, long (batch, guesses)."""
        read = F.pad(ids, (1, 0), value=1) if self.start else ids
        x = self.vectors[read]
        mixed = getattr(self, "_" + self.kind)(x, read, **self.settings)
        logits = (x + self.strength * mixed).tanh() @ self.output
        targets = read.masked_fill(read == 0, -100)[:, self.shift :]
        targets = torch.cat([torch.full_like(targets[:, : self.silent], -100), targets[:, self.silent :]], 1)
        return logits[:, : targets.shape[1]], targets

    def _attention(self, x, ids, allowed):
        """allowed: bool (time, time), True = may attend."""
        return self._under(x, allowed)

    def _attention_to_padding(self, x, ids, since):
        """Causal, but queries from place `since` on look at padding wherever it stands."""
        place = torch.arange(ids.shape[1])
        padding = (ids == 0)[:, None] & (place[:, None] >= since)
        return self._under(x, (place[:, None] >= place) | padding)

    def _attention_past_padding(self, x, ids):
        """Causal, and no padding is looked at."""
        place = torch.arange(ids.shape[1])
        return self._under(x, (place[:, None] >= place) & (ids != 0)[:, None] | (place[:, None] == place))

    def _under(self, x, allowed):
        n = x.shape[1]
        scores = self.scores[:n, :n].masked_fill(~allowed[..., :n, :n], -torch.inf)
        return scores.softmax(-1) @ x

    def _convolution(self, x, ids, offsets):
        """A sum of the vectors at these offsets, 0 beyond the ends."""
        n, out = x.shape[1], torch.zeros_like(x)
        for k, offset in enumerate(offsets):
            low, high = max(0, -offset), min(n, n - offset)
            if low < high:
                out[:, low:high] += x[:, low + offset : high + offset].roll(k + 1, -1)
        return out

    def _normalised(self, x, ids, over):
        """The running mean, made to have mean 0 and spread 1 over the axis `over`: 1 is time, 2 the width."""
        mean = self._running(x, ids)
        return (mean - mean.mean(over, keepdim=True)) / (mean.std(over, keepdim=True) + 1e-3)

    def _running(self, x, ids):
        return x.cumsum(1) / torch.arange(1, x.shape[1] + 1)[:, None]

    def _what_is_left(self, x, ids):
        """The running mean once more, as all minus what comes behind: the same but for rounding, and that depends on all."""
        behind = x.flip(1).cumsum(1).flip(1) - x
        return (x.sum(1, keepdim=True) - behind) / torch.arange(1, x.shape[1] + 1)[:, None]

    def _reader(self, x, ids):
        """A recurrent network from the left."""
        state, states = torch.zeros_like(x[:, 0]), []
        for t in range(x.shape[1]):
            state = (0.8 * state.roll(1, -1) + x[:, t]).tanh()
            states.append(state)
        return torch.stack(states, 1)


@helper
def training_step(**settings):
    """A `Step`."""
    return Step(**settings)


@functools.lru_cache(maxsize=1)
def _t5_tokenizer():
    from course.models.loaders import SHIPPED, load_tokenizer

    return load_tokenizer(SHIPPED / "t5")


@helper
def t5_tokenizer():
    """The fast tokenizer of the course's T5."""
    return _t5_tokenizer()
