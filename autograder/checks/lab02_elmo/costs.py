"""Oracles: cross_entropy over lists, and sums."""

import math

import torch
from torch.nn import functional as F

from course.checks import StudentError, args, gradients, part, require, require_close, require_loss
from course.checks.lab02_elmo.costs import perplexity_of

from . import lab
from .readers import batch


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
        ids = batch(rng, lengths, vocabulary)
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
            perplexity_of(student(means, counts)),
            truth,
            "{n} random batches: the perplexity of all their tokens together is another.",
            n=len(counts),
        )
    with part("empty batches", points=0.5):
        got = perplexity_of(student([1.5, math.nan, 0.5], [2, 0, 6]))
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
            perplexity_of(got) == math.inf,
            "With a mean of some hundreds the perplexity is inf; yours is not.",
        )
