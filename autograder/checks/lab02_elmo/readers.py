"""Oracles: brute-force targets and turns; LSTMs of torch run on each sentence by itself, with copied weights."""

import torch
from torch import nn

from course.checks import args, gradients, part, require, require_close, require_dtype, require_shape
from course.checks.lab02_elmo.readers import NONE, targets_of
from course.checks.modules import weights_for

from . import lab


def batch(rng, lengths, vocabulary):
    """long (row, time) with rows of these lengths, filled up with 0."""
    rows = [
        torch.tensor([rng.randint(1, vocabulary - 1) for _ in range(n)], dtype=torch.long) for n in lengths
    ]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True)


def _targets(ids):
    rows = [[token for token in row if token] for row in ids.tolist()]
    width = ids.shape[1]
    ahead = [[*row[1:], *[NONE] * (width - max(0, len(row) - 1))] for row in rows]
    back = [[NONE, *row[:-1], *[NONE] * width][:width] for row in rows]
    return torch.tensor(ahead), torch.tensor(back)


@lab.check()
def lm_targets(student):
    rng = student.rng
    batches = [batch(rng, [rng.randint(2, 9) for _ in range(rng.randint(1, 6))], 900) for _ in range(8)]
    for ids, result in zip(batches, student.many([args(ids) for ids in batches]), strict=True):
        for name, got, truth in zip(("ahead", "back"), targets_of(result, ids), _targets(ids), strict=True):
            require(
                torch.equal(got.long(), truth),
                "A random batch of shape {shape}: `{name}` is not the neighbour on its side, with -100 where there is none.",
                shape=tuple(ids.shape),
                name=name,
            )
    with part("rows of one token, and of none", points=0.5):
        ids = torch.tensor([[rng.randint(1, 90), 0, 0], [0, 0, 0], [3, 4, 5]])
        for name, got, truth in zip(
            ("ahead", "back"), targets_of(student(ids), ids), _targets(ids), strict=True
        ):
            require(
                torch.equal(got.long(), truth),
                "In a row of a single token, or of padding alone, nobody has anything to name: `{name}` is -100 all along.",
                name=name,
            )
    with part("a batch one place wide", points=0.5):
        ids = torch.tensor([[7], [rng.randint(8, 90)]])
        for got in targets_of(student(ids), ids):
            require(
                bool((got == NONE).all()),
                "Sentences of one token: there is no neighbour, and all targets are -100.",
            )


def _turned(values, lengths):
    return torch.stack(
        [torch.cat([row[:n].flip(0), row[n:]]) for row, n in zip(values, lengths.tolist(), strict=True)]
    )


@lab.check()
def reverse_sequences(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)
    for _ in range(4):
        batch, time, dim = rng.randint(1, 6), rng.randint(2, 9), rng.randint(1, 4)
        lengths = torch.tensor([rng.randint(1, time) for _ in range(batch)])
        for values in (
            torch.randint(0, 90, (batch, time), generator=generator),
            torch.randn(batch, time, dim, generator=generator),
        ):
            got = student(values, lengths)
            require_shape(got, values.shape)
            require_close(
                got,
                _turned(values, lengths),
                "Random {what} with {n} rows: at {at} stands another value than in the row turned round.",
                what="ids" if values.dim() == 2 else "vectors",
                n=batch,
            )
    with part("rows without a real place", points=0.5):
        values = torch.randn(3, 4, 2, generator=generator)
        lengths = torch.tensor([0, 4, 2])
        got = student(values, lengths)
        require_shape(got, values.shape)
        require_close(
            got, _turned(values, lengths), "A row whose length is 0 stays as it is; at {at} yours does not."
        )
    with part("gradients", points=1):
        values = torch.randn(3, 5, 2, generator=generator, requires_grad=True)
        lengths, weight = torch.tensor([2, 5, 4]), torch.randn(3, 5, 2, generator=generator)
        got = student(values, lengths)
        require_shape(got, values.shape)
        (mine,) = gradients(got * weight, [values])
        require_close(mine, _turned(weight, lengths), "The gradient of the value at {at} is off.")
    with part("the type stays", points=0.5):
        values = torch.randn(2, 3, generator=generator, dtype=torch.float64)
        require_dtype(student(values, torch.tensor([2, 3])), torch.float64, "`values`")


def _lstm(weights, prefix, dim):
    lstm = nn.LSTM(dim, dim, batch_first=True)
    lstm.load_state_dict({n: weights[f"{prefix}.{n}"] for n in lstm.state_dict()})
    return lstm


class _Readers(nn.Module):
    """The layers of a biLM for one sentence at a time, so that padding never exists."""

    def __init__(self, weights, layers, dim):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(weights["embedding.weight"].clone(), freeze=False)
        self.left_to_right = nn.ModuleList(_lstm(weights, f"left_to_right.{i}", dim) for i in range(layers))
        self.right_to_left = nn.ModuleList(_lstm(weights, f"right_to_left.{i}", dim) for i in range(layers))

    def forward(self, row):
        words = self.embedding(row)
        ahead, back, out = words[None], words.flip(0)[None], [torch.cat([words, words], 1)]
        for left, right in zip(self.left_to_right, self.right_to_left, strict=True):
            ahead, back = left(ahead)[0], right(back)[0]
            out.append(torch.cat([ahead[0], back[0].flip(0)], 1))
        return torch.stack(out)  # (layers + 1, time, 2 * dim)


@lab.check()
def BiLM(student):
    rng = student.rng

    def compared(vocabulary, dim, layers, lengths, story):
        """(the student's model, its layers, the oracle, the oracle's for each row); equal at all real places."""
        model = student(vocabulary, dim) if layers == 2 else student(vocabulary, dim, layers)
        weights = weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        oracle, ids = _Readers(weights, layers, dim), batch(rng, lengths, vocabulary)
        found = model(ids)
        require_shape(found, (layers + 1, *ids.shape, 2 * dim), f"With {layers} LSTMs a side: all layers")
        truth = [oracle(row[:n]) for row, n in zip(ids, lengths, strict=True)]
        for i, (row, n) in enumerate(zip(truth, lengths, strict=True)):
            for layer in range(layers + 1):
                require_close(
                    found[layer, i, :n],
                    row[layer],
                    story
                    + " in layer {layer} the states of a sentence of {n} are not those of two stacks of LSTMs that read it by itself; the first difference is at {at}.",
                    layer=layer,
                    n=n,
                )
        return model, found, oracle, truth

    model, found, oracle, truth = compared(30, 4, 2, [6, 3, 8, 1], "With random weights:")
    with part("gradients", points=1):
        lengths = [6, 3, 8, 1]
        factor = torch.randn(found.shape, generator=torch.Generator().manual_seed(student.seed))
        real = torch.zeros(found.shape)
        for i, n in enumerate(lengths):
            real[:, i, :n] = 1
        require(
            found.requires_grad,
            "The states have no gradient: something in `forward` cuts the graph (detach, no_grad, .data?).",
        )
        (found * factor * real).sum().backward()
        sum(
            (row * factor[:, i, :n]).sum() for i, (row, n) in enumerate(zip(truth, lengths, strict=True))
        ).backward()
        mine = model.grads()
        for name, parameter in oracle.named_parameters():
            got = mine.get(name)
            require(got is not None, "No gradient reaches {name}: something cuts the graph.", name=name)
            first = 1 if name == "embedding.weight" else 0  # the padding's vector may have one
            require_close(
                got[first:],
                parameter.grad[first:],
                "The gradient of {name} is off at {at}.",
                rtol=1e-3,
                atol=1e-4,
                name=name,
            )
    with part("one layer, three layers", points=0.5):
        compared(12, 3, 1, [4, 2], "With one LSTM a side:")
        compared(12, 3, 3, [4, 2], "With three LSTMs a side:")
