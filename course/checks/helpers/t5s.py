"""A small T5 of transformers with weights from a seed, and what is to be seen of a model's parameters from outside."""

import torch
from torch import nn

from . import helper

SIZES = {"vocab_size": 14, "d_model": 6, "d_kv": 3, "d_ff": 5, "num_heads": 2}


@helper
def small_t5(layers, seed, frozen=(), tied=True, half=False, dropout=0.0, gated=False):
    """transformers' T5ForConditionalGeneration, in evaluation mode.

    layers: how many blocks the encoder and the decoder have; seed: of its weights; frozen: beginnings of the names of parameters that do not
    learn; tied: whether the output's matrix is the table of words; half: float64 in place of float32; gated: with T5 1.1's dense layers.
    """
    from transformers import T5Config, T5ForConditionalGeneration

    config = T5Config(
        **SIZES, num_layers=layers[0], num_decoder_layers=layers[1], dropout_rate=dropout, decoder_start_token_id=0, tie_word_embeddings=tied,
        feed_forward_proj="gated-gelu" if gated else "relu", relative_attention_num_buckets=8, relative_attention_max_distance=12,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config).to(torch.float64 if half else torch.float32)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            drawn = torch.randn(parameter.shape, generator=generator, dtype=torch.float32)
            parameter.copy_(1 + 0.3 * drawn if parameter.dim() == 1 else 0.5 * drawn)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not name.startswith(tuple(frozen)))
    return model.eval()


class Watched:
    """A model's parameters by name, as they are now."""

    def __init__(self, model):
        self.model = model

    def learning(self):
        """dict of a parameter's name -> whether it learns; what stands in two places has its first name."""
        return {name: parameter.requires_grad for name, parameter in self.model.named_parameters()}

    def numbers(self):
        """dict of a parameter's name -> how many numbers it has."""
        return {name: parameter.numel() for name, parameter in self.model.named_parameters()}

    def give_gradients(self):
        """Give every parameter a gradient of ones, whether it learns or not."""
        for parameter in self.model.parameters():
            parameter.grad = torch.ones_like(parameter)

    def gradients(self):
        """dict of a parameter's name -> "none", "ones", or "other"."""
        found = {}
        for name, parameter in self.model.named_parameters():
            grad = parameter.grad
            same = grad is not None and grad.shape == parameter.shape and bool((grad == 1).all())
            found[name] = "none" if grad is None else "ones" if same else "other"
        return found

    def remember(self):
        """From now on `original`, `new` and `kept` tell what has become of the parameters that are there now."""
        self.began = [(name, p, p.detach().clone()) for name, p in self.model.named_parameters()]

    def original(self):
        """dict of the name that a parameter had at first -> whether it learns."""
        return {name: parameter.requires_grad for name, parameter, _ in self.began}

    def new(self):
        """dict of a name -> whether it learns, of those that have come since."""
        old = {id(parameter) for _, parameter, _ in self.began}
        return {n: p.requires_grad for n, p in self.model.named_parameters() if id(p) not in old}

    def kept(self):
        """dict of the name that a parameter had at first -> whether it has the numbers that it had."""
        return {name: torch.equal(parameter.detach(), before) for name, parameter, before in self.began}

    def modes(self):
        """Whether each of its modules is in training mode, itself first."""
        return [module.training for module in self.model.modules()]

    def logits(self, ids, labels):
        """What a T5 gives for long (batch, source) and (batch, time): float (batch, time, vocabulary)."""
        return self.model(input_ids=ids, labels=labels).logits


@helper
def watched(model):
    """A `Watched`."""
    return Watched(model)


class Bent(nn.Module):
    """Stands in for an adapter: x + up * relu(down * x), number by number, which is nothing at first; it notes with what it was made."""

    def __init__(self, width, size):
        super().__init__()
        self.made_with = [width, size]
        self.down, self.up = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        """x: float (…, width). Returns the same shape."""
        return x + self.up * (self.down * x).relu()

    def set_to(self, down, up):
        """Give it these numbers, float (width,) each."""
        with torch.no_grad():
            self.down.copy_(down)
            self.up.copy_(up)


@helper
def bent():
    """The class `Bent`."""
    return Bent


class Steps:
    """An optimiser of all parameters of a T5, in turn with somebody who says which of them learn."""

    def __init__(self, model):
        self.model = model
        self.optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.1)

    def step(self, ids, labels):
        """One step on long (batch, source) and (batch, time); the gradients stay, as they do in many loops."""
        self.model.train()
        with torch.enable_grad():
            self.model(input_ids=ids, labels=labels).loss.backward()
        self.optimiser.step()


@helper
def steps_of_t5(model):
    """A `Steps`."""
    return Steps(model)
