"""Hidden checks of lab 02. Oracles: brute-force targets and turns, LSTMs of torch run on each sentence by itself with copied weights,
cross_entropy over lists, the closed form of the mix, packed sequences; a trained model is judged by what its guesses cost and by senses."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from autograder.checks.words import renamed
from autograder.secret import class_secret
from course.checks import (
    StudentError,
    args,
    gradients,
    part,
    require,
    require_close,
    require_dtype,
    require_loss,
    require_shape,
)
from course.checks import lab02_elmo as visible
from course.checks.lab02_elmo import NONE, WHY_SENSES, classifier_on, judge_probe, require_frozen
from course.checks.senses import GOAL, material

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell


def _batch(rng, lengths, vocabulary):
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
    batches = [_batch(rng, [rng.randint(2, 9) for _ in range(rng.randint(1, 6))], 900) for _ in range(8)]
    for ids, result in zip(batches, student.many([args(ids) for ids in batches]), strict=True):
        for name, got, truth in zip(
            ("ahead", "back"), visible.targets_of(result, ids), _targets(ids), strict=True
        ):
            require(
                torch.equal(got.long(), truth),
                "A random batch of shape {shape}: `{name}` is not the neighbour on its side, with -100 where there is none.",
                shape=tuple(ids.shape),
                name=name,
            )
    with part("rows of one token, and of none", points=0.5):
        ids = torch.tensor([[rng.randint(1, 90), 0, 0], [0, 0, 0], [3, 4, 5]])
        for name, got, truth in zip(
            ("ahead", "back"), visible.targets_of(student(ids), ids), _targets(ids), strict=True
        ):
            require(
                torch.equal(got.long(), truth),
                "In a row of a single token, or of padding alone, nobody has anything to name: `{name}` is -100 all along.",
                name=name,
            )
    with part("a batch one place wide", points=0.5):
        ids = torch.tensor([[7], [rng.randint(8, 90)]])
        for got in visible.targets_of(student(ids), ids):
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
        weights = visible.weights_for(model, rng.randrange(2**31))
        model.load_state_dict(weights)
        oracle, ids = _Readers(weights, layers, dim), _batch(rng, lengths, vocabulary)
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


def _paid(ahead, back, ids):
    """Over lists of the places that have a target, sentence by sentence."""
    total = 0.0
    for logits, step in ((ahead, 1), (back, -1)):
        said, named = [], []
        for row, tokens in zip(logits, ids.tolist(), strict=True):
            tokens = [t for t in tokens if t]
            for place in range(len(tokens)):
                if 0 <= place + step < len(tokens):
                    said.append(row[place])
                    named.append(tokens[place + step])
        total = total + F.cross_entropy(torch.stack(said), torch.tensor(named))
    return total


@lab.check()
def bilm_loss(student):
    rng, generator = student.rng, torch.Generator().manual_seed(student.seed)

    def draw(lengths, vocabulary):
        ids = _batch(rng, lengths, vocabulary)
        shape = (*ids.shape, vocabulary)
        return *(torch.randn(shape, generator=generator, requires_grad=True) for _ in range(2)), ids

    for lengths, vocabulary in (([5, 2, 7], 9), ([2], 4), ([3, 3, 1, 6], 30)):
        ahead, back, ids = draw(lengths, vocabulary)
        require_close(
            require_loss(student(ahead, back, ids)),
            _paid(ahead, back, ids),
            "Random logits for sentences of {lengths} tokens: the loss is off.",
            lengths=lengths,
        )
    with part("gradients", points=1):
        ahead, back, ids = draw([4, 2, 6], 7)
        mine = gradients(require_loss(student(ahead, back, ids)), [ahead, back])
        theirs = torch.autograd.grad(_paid(ahead, back, ids), [ahead, back])
        for name, one, other in zip(("ahead", "back"), mine, theirs, strict=True):
            require_close(
                one, other, "The loss is right, but its gradient for `{name}` is off at {at}.", name=name
            )
    with part("sentences of one token", points=0.5):
        ids = torch.tensor([[3], [rng.randint(1, 5)]])
        logits = torch.randn(2, 1, 6, generator=generator)
        loss = require_loss(student.using(finite=False)(logits, logits, ids))
        require(
            not loss.isnan(),
            "Nobody has a token to name, and the loss is nan: a mean over no place is 0 / 0. It should be 0.",
        )
        require_close(loss, 0.0, "Nobody has a token to name, so nobody pays; yours is {got}.")


@lab.check()
def perplexity(student):
    rng = student.rng
    for _ in range(4):
        counts = [rng.randint(1, 60) for _ in range(rng.randint(1, 7))]
        means = [rng.uniform(0.2, 6) for _ in counts]
        truth = math.exp(sum(m * n for m, n in zip(means, counts, strict=True)) / sum(counts))
        require_close(
            visible.number_of(student(means, counts)),
            truth,
            "{n} random batches: the perplexity of all their tokens together is another.",
            n=len(counts),
        )
    with part("empty batches", points=0.5):
        got = visible.number_of(student([1.5, math.nan, 0.5], [2, 0, 6]))
        require(
            got == got,
            "A batch without tokens has the mean nan, 0 / 0, and it makes all of yours nan: nan * 0 is nan. Leave it out.",
        )
        require_close(got, math.exp(0.75), "A batch without tokens counts for nothing; yours says {got}.")
        error = student.error([math.nan], [0])
        require(
            error is not None and error.is_a("ValueError"),
            "Batches, and not one token in them: raise a ValueError as you do for no batch.",
        )
    with part("a reader that is very bad", points=0.5):
        (got,) = student.many([args([900.0, 1000.0], [1, 3])], errors="keep")
        if isinstance(got, StudentError):
            require(
                not got.is_a("OverflowError"),
                "exp of a mean of some hundreds stops your code; no float is so large, and inf is asked for.",
            )
            raise got
        require(
            visible.number_of(got) == math.inf,
            "With a mean of some hundreds the perplexity is inf; yours is not.",
        )


@lab.check()
def scalar_mix(student):
    generator = torch.Generator().manual_seed(student.seed)

    def draw(*shape):
        return [
            torch.randn(shape, generator=generator).requires_grad_(),
            torch.randn(shape[0], generator=generator).requires_grad_(),
            torch.randn((), generator=generator).requires_grad_(),
        ]

    def oracle(layers, weights, gamma):
        powers = weights.exp()
        return gamma * sum(p / powers.sum() * layer for p, layer in zip(powers, layers, strict=True))

    for shape in ((3, 2, 5, 4), (1, 2, 2, 3), (5, 1, 3, 2)):
        given = draw(*shape)
        got = student(*given)
        require_shape(got, shape[1:])
        require_close(got, oracle(*given), "{n} random layers: the mix at {at} is off.", n=shape[0])
    with part("layers of another form", points=0.5):
        for shape in ((3, 4), (4, 6, 2)):
            given = draw(*shape)
            got = student(*given)
            require_shape(got, shape[1:], f"Layers {shape} become one: the mix")
            require_close(
                got, oracle(*given), "Layers of shape {shape}: the mix at {at} is off.", shape=shape
            )
    with part("gradients", points=1):
        given = draw(3, 2, 4, 3)
        factor = torch.randn(2, 4, 3, generator=generator)
        got = student(*given)
        require_shape(got, (2, 4, 3))
        mine = gradients(got * factor, given)
        theirs = torch.autograd.grad((oracle(*given) * factor).sum(), given)
        for name, one, other in zip(("layers", "weights", "gamma"), mine, theirs, strict=True):
            require_close(
                one, other, "The mix is right, but its gradient for `{name}` is off at {at}.", name=name
            )
    with part("large weights", points=0.5):
        layers = torch.randn(3, 2, 2, 2, generator=generator)
        got = student.using(finite=False)(layers, torch.tensor([500.0, -500.0, 499.0]), torch.tensor(1.0))
        require_shape(got, (2, 2, 2))
        require(
            not got.isnan().any(),
            "Raw weights of some hundreds give nan: exp of them is inf. `softmax` minds that.",
        )
        shares = torch.tensor([1.0, 0.0, math.exp(-1)]) / (1 + math.exp(-1))
        require_close(
            got,
            torch.einsum("l,labc->abc", shares, layers),
            "With raw weights of some hundreds the mix at {at} is off.",
        )


def _mixed(weights, table, ids):
    shares = weights["weights"].exp() / weights["weights"].exp().sum()
    return weights["gamma"] * sum(s * layer[ids] for s, layer in zip(shares, table, strict=True))


def _classified(student, rng, sizes, oracle, lengths):
    """A model with random weights, its logits and the oracle's logits, which must agree; and the oracle's own leaves."""
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    layers, vocabulary, dim = rng.randint(2, 4), 20, sizes[0]
    table = torch.randn(layers, vocabulary, dim, generator=generator)
    model, weights = classifier_on(student, table, layers, *sizes, seed=rng.randrange(2**31))
    weights["weights"] = torch.randn(layers, generator=generator)
    weights["gamma"] = torch.rand((), generator=generator) + 0.5
    model.load_state_dict(weights)
    ids = _batch(rng, lengths, vocabulary)
    leaves = {n: t.clone().requires_grad_() for n, t in weights.items() if n != "bilm.table"}
    truth = oracle(leaves, _mixed(leaves, table, ids), ids)
    logits = model(ids)
    require_shape(logits, (len(lengths), sizes[-1]))
    require_close(
        logits,
        truth,
        "Random layers, weights and texts of {lengths} tokens: the logit at {at} is off.",
        lengths=lengths,
    )
    return model, logits, truth, leaves, ids


def _require_gradients(model, logits, truth, leaves):
    mine = require_frozen(model, logits)
    (truth * torch.arange(1.0, truth.shape[1] + 1)).sum().backward()
    for name, leaf in leaves.items():
        require_close(
            mine[name], leaf.grad, "The gradient of `{name}` is off at {at}.", rtol=1e-3, atol=1e-4, name=name
        )


@lab.check()
def AveragedClassifier(student):
    rng = student.rng

    def oracle(weights, mixed, ids):
        means = [row[tokens != 0].mean(0) for row, tokens in zip(mixed, ids, strict=True)]
        return F.linear(torch.stack(means), weights["output.weight"], weights["output.bias"])

    for sizes, lengths in (((5, 3), [4, 1, 6]), ((3, 2), [2, 7])):
        found = _classified(student, rng, sizes, oracle, lengths)
    with part("gradients", points=0.5):
        _require_gradients(*found[:4])
    with part("a text without a token", points=0.5):
        model, _, _, leaves, ids = found
        ids = ids.clone()
        ids[0] = 0
        logits = model(ids)
        require_shape(logits, (len(ids), sizes[-1]))
        require_close(
            logits[0],
            leaves["output.bias"],
            "A row of padding alone has a mean of zeros, so its logits are the bias; yours differ at {at}.",
        )


@lab.check()
def RNNClassifier(student):
    rng = student.rng

    def oracle(weights, mixed, ids):
        rnn = nn.LSTM(mixed.shape[-1], weights["rnn.weight_hh_l0"].shape[1], batch_first=True)
        names = [n.removeprefix("rnn.") for n in weights if n.startswith("rnn.")]
        packed = nn.utils.rnn.pack_padded_sequence(
            mixed, (ids != 0).sum(1), batch_first=True, enforce_sorted=False
        )
        own = {n: weights[f"rnn.{n}"] for n in names}
        _, (last, _) = torch.func.functional_call(rnn, own, (packed,))
        return F.linear(last[0], weights["output.weight"], weights["output.bias"])

    for sizes, lengths in (((4, 3, 3), [4, 1, 6]), ((3, 5, 2), [2, 7, 7])):
        found = _classified(student, rng, sizes, oracle, lengths)
    with part("gradients", points=1):
        _require_gradients(*found[:4])


@lab.check()
def train_probe(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    share, said = judge_probe(student, given)
    require(share >= GOAL, WHY_SENSES, n=len(given.asked), share=share, goal=GOAL)
    with part("the seed decides", points=0.5):
        few = given.sentences[:300]
        trained = student.many(
            [args(few, given.vocabulary, given.labelled[:20], steps=4, seed=s) for s in (3, 3, 4)]
        )
        one, again, other = (
            torch.cat([t.flatten() for t in visible.require_pair(pair)[0].state_dict().values()])
            for pair in trained
        )
        require(one.shape == again.shape == other.shape, "The number of weights changes from call to call.")
        noise, change = ((one - x).norm() / one.norm().clamp(min=1e-9) for x in (again, other))
        # Two threads add in another order each time, and Adam makes more of it: hence not to the last digit.
        require(
            noise < 0.01,
            "The same seed twice gives another BiLM: draw the first weights and every batch from the seed.",
        )
        require(change > 0.05, "Two seeds give the same BiLM: nothing in the training depends on the seed.")
    return f"With words drawn for this class: {said[0].lower()}{said[1:]}"
