"""Models whose numbers are known, to stand in for those that a student's code expects."""

from types import SimpleNamespace

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


class Part(nn.Module):
    """A part of a model whose parameters are told apart by their numbers. It computes nothing."""

    def __init__(self, numbers, made, frozen, equal=False):
        """numbers, frozen, equal: as in `known_parts`; made: the parameters that other parts have already, by number."""
        super().__init__()
        for i, number in enumerate(numbers):
            if isinstance(number, list):
                self.add_module(f"inner_{i}", Part(number, made, frozen, equal))
            elif number < 0:
                self.register_buffer(f"count_{i}", torch.full((2, 3), float(number)))
            else:
                kind, shape = ("bias", (3,)) if i % 2 else ("weight", (2, 3))
                filled = torch.full(shape, 0.0 if equal else float(number))
                known = nn.Parameter(filled, requires_grad=number not in frozen)
                self.register_parameter(f"{kind}_{i}" if i > 1 else kind, made.setdefault(number, known))


@helper
def known_parts(parts, frozen=(), equal=False):
    """Parts of a model, from nested lists of numbers: a number is a parameter that is filled with it (a bias where it stands second, fourth, …
    in its list), a negative one a buffer, a list in a list a module inside; the same number twice is the same parameter.
    frozen: the numbers of those that do not learn; equal: all are filled with 0."""
    made = {}
    return [Part(numbers, made, frozen, equal) for numbers in parts]


@helper
def shuffled_bert(order):
    """The course's tiny BERT for another vocabulary, in evaluation mode. order: long (vocabulary,), the new id of each of its tokens."""
    # who has set another default dtype makes heads of it, and both must fit together
    model = shipped_encoder().to(torch.get_default_dtype())
    with torch.no_grad():
        table = model.get_input_embeddings().weight
        table[order] = table.clone()
    return model


class Reader(nn.Module):
    """Stands in for an encoder of transformers, so that each state is known and what it was called with can be read.

    The state of a token is its word's vector and its segment's, plus the mean of those of the row's real tokens. In training mode the
    states are dropped out, and `met`, which is taken off them, moves towards their mean, as a batch norm's running mean does.
    """

    def __init__(self, words, segments, dropout=0.0, moving=0.0, bias=False):
        """words: float (vocabulary, width); segments: float (2, width); moving: how fast `met` moves; bias: whether it has one, of zeros."""
        from transformers.modeling_outputs import BaseModelOutputWithPooling

        super().__init__()
        self.output = BaseModelOutputWithPooling
        self.config = SimpleNamespace(hidden_size=words.shape[1], model_type="reader")
        self.words, self.segments = nn.Parameter(words.clone()), nn.Parameter(segments.clone())
        self.bias = nn.Parameter(torch.zeros_like(words[0])) if bias else None
        self.register_buffer("met", torch.zeros(words.shape[1], dtype=words.dtype))
        self.dropout, self.share, self.moving = nn.Dropout(dropout / 2), dropout, moving
        self.came = {}

    def forward(self, input_ids=None, *, attention_mask=None, token_type_ids=None, inputs_embeds=None):
        """As transformers' encoders: long (batch, time) each, or float (batch, time, width) in place of ids; without a mask all are real."""
        came = {"attention_mask": attention_mask, "token_type_ids": token_type_ids}
        self.came = {n: v.detach() if isinstance(v, torch.Tensor) else v for n, v in came.items()}
        x = self.words[input_ids] if inputs_embeds is None else inputs_embeds
        segments = torch.zeros(x.shape[:2], dtype=torch.long) if token_type_ids is None else token_type_ids
        x = x + self.segments[segments] + (0 if self.bias is None else self.bias)
        real = torch.ones(x.shape[:2]) if attention_mask is None else attention_mask
        real = real.to(x.dtype)[..., None]
        states = x + (x * real).sum(1, keepdim=True) / real.sum(1, keepdim=True).clamp(min=1)
        if self.training and self.moving:
            self.met.lerp_(states.detach().mean((0, 1)).to(self.met), self.moving)
        states = self.dropout(states - self.met)
        states = nn.functional.dropout(states, self.share / 2, training=self.training)
        return self.output(last_hidden_state=states, pooler_output=torch.tanh(states[:, 0] / 2))


@helper
def reader(words, segments, dropout=0.0, moving=0.0, bias=False):
    """A `Reader`, in training mode as every new module is."""
    return Reader(words, segments, dropout, moving, bias)


@helper
def shipped_encoder(name="bert"):
    """The tiny encoder that the course ships, whatever COURSE_SCALE says; in evaluation mode."""
    from course.models.loaders import SHIPPED, load_model

    return load_model(SHIPPED / name)


@helper
def bert_encoder(state, **sizes):
    """transformers' BERT with these weights, in training mode. state: its state dict; sizes: as its `BertConfig` takes them."""
    from transformers import BertConfig, BertModel

    model = BertModel(BertConfig(**sizes))
    model.load_state_dict(state)
    return model.train()


class WithHead(nn.Module):
    """Any encoder with a linear layer on the first state, to see what one step of training does to it."""

    def __init__(self, encoder, width, classes):
        super().__init__()
        self.encoder, self.head = encoder, nn.Linear(width, classes, dtype=torch.float32)

    def forward(self, ids):
        """ids: long (batch, time). Returns logits, float (batch, classes)."""
        first = self.encoder(ids).last_hidden_state[:, 0]
        return self.head(first.to(self.head.weight.dtype))

    def step(self, ids, labels, lr=0.5):
        """One step of an optimiser that has been given every parameter, in training mode. Returns how far the head's weights moved; None where
        the encoder has left gradients switched off for the whole program, so that no step can be made."""
        self.train()
        before = self.head.weight.detach().clone()
        optimiser = torch.optim.AdamW(self.parameters(), lr=lr, weight_decay=0.1)
        logits = self(ids)
        if not torch.is_grad_enabled():
            return None
        nn.functional.cross_entropy(logits, labels).backward()
        optimiser.step()
        optimiser.zero_grad()
        return (self.head.weight.detach() - before).abs().max().item()


@helper
def with_head(encoder, width, classes):
    """A `WithHead` around an encoder; its own weights come from a seed."""
    torch.manual_seed(0)
    return WithHead(encoder, width, classes)


LAYERS = {
    "Linear": lambda: nn.Linear(1, 1, bias=False),
    "Embedding": lambda: nn.Embedding(1, 1),
    "LayerNorm": lambda: nn.LayerNorm(1),
    "Conv1d": lambda: nn.Conv1d(1, 1, 1, bias=False),
    "Module": nn.Module,
}


class Numbers(nn.Module):
    """A model of which the numbers are known and nothing else counts: it computes nothing. It knows which parameters it began with."""

    def put(self, path, module):
        """Hang a module in at a dotted path, and empty ones on the way there."""
        here = self
        *way, last = path.split(".")
        for name in way:
            if name not in dict(here.named_children()):
                here.add_module(name, nn.Module())
            here = getattr(here, name)
        here.add_module(last, module)

    def remember(self):
        """From now on `still_the_same` tells which parameters are others."""
        self.began = list(self.named_parameters(remove_duplicate=False))  # a list: nothing that is registered
        return self

    def still_the_same(self):
        """dict of a parameter's name -> whether the very tensor with which the model began stands there."""
        now = dict(self.named_parameters(remove_duplicate=False))
        return {name: now.get(name) is parameter for name, parameter in self.began}

    def learning(self):
        """dict of a parameter's name -> whether it learns."""
        return {name: parameter.requires_grad for name, parameter in self.named_parameters()}


@helper
def known_numbers(layers, shared=None, frozen=(), buffers=None):
    """A `Numbers`.

    layers: dict of a path -> (kind, numbers): kind as in `LAYERS`, numbers a dict of name -> tensor; the path "" is the model itself. shared: dict of
    a parameter's full name -> that of the one that it is; frozen: the full names of those that do not learn; buffers: dict of a name -> tensor.
    """
    model = Numbers()
    for path, (kind, numbers) in layers.items():
        if path:
            model.put(path, LAYERS[kind]())
        for name, tensor in numbers.items():
            setattr(model.get_submodule(path), name, nn.Parameter(tensor.clone()))
    for name, original in (shared or {}).items():
        path, _, last = name.rpartition(".")
        setattr(model.get_submodule(path), last, model.get_parameter(original))
    for name in frozen:
        model.get_parameter(name).requires_grad_(False)
    for name, tensor in (buffers or {}).items():
        model.register_buffer(name, tensor.clone())
    return model.remember()
