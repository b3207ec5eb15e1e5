"""Checks of `generate_greedy` and `teacher_forcing_gap`: small models whose guesses are known."""

import math

import torch
from torch import Tensor

from .. import helper_for, require, require_close, require_shape
from ..helpers import build
from ..sentences import describe
from ..usual import usual
from . import lab

# after each token (row) a clear first and second choice: 0 → 3, 1 → 2, 2 → 4, 3 → 1, 4 → 0
NEXT = (3, 2, 4, 1, 0)
SECOND = (1, 4, 0, 2, 3)


def follows():
    """A model that looks at the last token alone; the table of its logits."""
    table = torch.zeros(5, 5)
    table[range(5), NEXT] = 2.0
    table[range(5), SECOND] = 1.0
    return helper_for("follows", table=table), table


def reader(seed, vocabulary=9, longest=16):
    """A model whose guess depends on all that it has read."""
    generator = torch.Generator().manual_seed(seed)
    return helper_for(
        "continues",
        vectors=2 * torch.randn(vocabulary, 6, generator=generator),
        places=0.5 * torch.randn(longest, 6, generator=generator),
    )


def by_hand(model, ids, new_tokens, end=None):
    """Rows of different lengths where an end was met: row after row, token after token."""
    rows = []
    for row in ids.tolist():
        for _ in range(new_tokens):
            row = [*row, int(model(torch.tensor([row]))[0, -1].argmax())]
            if end is not None and row[-1] == end:
                break
        rows.append(row)
    longest = max(map(len, rows))
    return torch.tensor([row + [end] * (longest - len(row)) for row in rows])


def require_ids(found, shape, what):
    """Require whole numbers of a shape."""
    require(
        not found.is_floating_point() and not found.is_complex() and found.dtype != torch.bool,
        "{what}: ids are whole numbers; yours are of type {t}.",
        what=what,
        t=found.dtype,
    )
    require_shape(found, shape, f"{what}: the result")


@lab.check(points=3, returns=(Tensor,))
def generate_greedy(student):
    marker, _ = follows()
    ids = torch.tensor([[0, 3], [4, 2]])
    found = student(marker, ids, 4)
    truth = torch.tensor([[0, 3, 1, 2, 4, 0], [4, 2, 4, 0, 3, 1]])
    require(
        tuple(found.shape) != (2, 4),
        "Four tokens are added to prompts of two: the prompt is part of the result, six tokens. Yours are four.",
    )
    require_ids(found, (2, 6), "Prompts of 2 tokens, and 4 new ones")
    require(
        torch.equal(found[:, :2], ids),
        "The prompt is [0, 3]; your result begins with {begin}. It stays in front as it is.",
        begin=found[0, :2].tolist(),
    )
    second = torch.tensor([[2, 0, 1, 4], [0, 1, 4, 3]])
    known = (
        " That is the second choice at some place; the likeliest is asked for." if torch.equal(found[:, 2:], second)
        else " The guess for what comes next stands at the *last* place." if found[0, 2] == NEXT[0]
        else " Every new token is the first one again: what was written is read before the next guess." if (found[:, 2:] == found[:, 2:3]).all()
        else ""
    )  # fmt: skip
    require(
        not torch.equal(found[0], truth[0]) or torch.equal(found[1], truth[1]),
        "The first text goes on rightly, the second, [4, 2], with {got}: the likeliest token of each text is asked for.",
        got=found[1, 2:].tolist(),
    )
    require(
        torch.equal(found, truth),
        "A model that writes 3 after 0, 1 after 3, 2 after 1, 4 after 2, 0 after 4: the prompt [0, 3] goes on with 1, 2, 4, 0; yours with {got}.{known}",
        got=found[0, 2:].tolist(),
        known=known,
    )
    require(torch.equal(student(marker, ids, 0), ids), "With new_tokens=0 the prompt comes back as it was.")

    found = student(marker, torch.tensor([[4, 2]]), 2, end=2)
    require(
        tuple(found.shape) == (1, 4),
        "With end=2: the prompt [4, 2] holds an `end` itself, which does not count, and goes on with 4, 0; yours is {got}.",
        got=found.tolist(),
    )
    found = student(marker, ids, 4, end=2)
    require_ids(found, (2, 6), "With end=2, where the first text ends after 1, 2 and the second goes on")
    require(
        torch.equal(found[1], truth[1]),
        "With end=2: the second prompt, [4, 2], holds an `end` itself, which does not count; it goes on with 4, 0, 3, 1, and yours with {got}.",
        got=found[1, 2:].tolist(),
    )
    require(
        torch.equal(found[0], torch.tensor([0, 3, 1, 2, 2, 2])),
        "With end=2: the first text writes 1 and then 2, its end; from there on the row holds 2, and yours goes on {got}.",
        got=found[0, 2:].tolist(),
    )
    found = student(marker, torch.tensor([[0, 3], [1, 0]]), 10, end=2)
    require(
        tuple(found.shape) != (2, 12),
        "With end=2 and both texts over, after [1, 2] and [3, 1, 2], you write on to the tenth token: stop when all rows are over.",
    )
    require_ids(
        found,
        (2, 5),
        "With end=2 texts of 2 and 3 new tokens, ends included: the longer one decides; the result",
    )
    require(
        torch.equal(found, torch.tensor([[0, 3, 1, 2, 2], [1, 0, 3, 1, 2]])),
        "With end=2 the first text is over after [1, 2], the second after [3, 1, 2]; behind its end a row holds 2. Yours are {got}.",
        got=found[:, 2:].tolist(),
    )
    found = student(marker, torch.tensor([[1, 2]]), 5, end=0)
    require(
        found.tolist() == [[1, 2, 4, 0]],
        "With end=0 the prompt [1, 2] goes on with 4, 0 and is over; yours is {got}. 0 is an id like any other; None is none.",
        got=found.tolist(),
    )
    marker = reader(1)
    ids = torch.tensor([[1, 5, 2], [8, 0, 3], [4, 4, 4]])
    truth = by_hand(build(marker), ids, 8)
    found = student(marker, ids, 8)
    require_ids(found, (3, 11), "Prompts of 3 tokens, and 8 new ones")
    require(
        torch.equal(found, truth),
        "A model whose guess depends on everything that it has read, and from new token {at} on yours goes on otherwise than with its likeliest token. Does it read the whole text each time, prompt and all?",
        at=int((found != truth).any(0).nonzero()[0]) - 3 if not torch.equal(found, truth) else 0,
    )


def gap_of(model, ids, prompt):
    """(forced, free) of a model, token by token."""
    own = by_hand(model, ids[:, :prompt], ids.shape[1] - prompt)
    costs = []
    for before in (ids, own):
        each = [
            -model(before[:, :t]).log_softmax(-1)[range(len(ids)), -1, ids[:, t]].mean()
            for t in range(prompt, ids.shape[1])
        ]
        costs.append(torch.stack(each))
    return costs


def pair_of(result, time):
    """The two returned rows of costs; says so when they are none."""
    require(
        isinstance(result, (tuple, list))
        and len(result) == 2
        and all(isinstance(one, Tensor) and one.is_floating_point() for one in result),
        "Return two tensors of numbers, (forced, free); yours is {what}.",
        what=describe(result),
    )
    for one, name in zip(result, ("forced", "free"), strict=True):
        require_shape(
            one, (time,), f"One cost for each token behind the prompt, averaged over the batch: `{name}`"
        )
    return result


@lab.check(points=3, returns=(tuple, list))
def teacher_forcing_gap(student):
    marker, table = follows()
    # after [0, 3] the model writes 1, 2, 4, 0; the true text is 1, 4, 0, 1: it turns off at the second token
    ids = torch.tensor([[0, 3, 1, 4, 0, 1]])
    forced, free = pair_of(student(marker, ids, 2), 4)
    log = table.log_softmax(-1)
    before, own, true = [3, 1, 4, 0], [3, 1, 2, 4], [1, 4, 0, 1]
    truth, after_its_own = -log[before, true], -log[own, true]
    mistakes = [
        (after_its_own, "The two have changed places: first the costs after true tokens"),
        (-truth, "The sign is missing: a cost is minus the logarithm"),
        (truth / math.log(2), "That is in bits; nats are asked for"),
        (truth.cumsum(0), "Those are sums up to each token"),
        (truth.mean().expand(4), "Do not average over the places"),
        (-log[true, true], "The guess for the token at t stands at t − 1, not at t"),
        (-log[[0, 3, 1, 4], true], "The guess for the token at t stands at t − 1, not at t − 2"),
        (log.exp()[before, true], "Those are probabilities; a cost is minus their logarithm"),
    ]  # fmt: skip
    require_close(
        forced,
        truth,
        "True text [0, 3, 1, 4, 0, 1], prompt [0, 3], and a model that looks at the last token alone. After true tokens the second and the last new one, 4 and 1, are its second choice and cost 1.57 each, the two others its first choice, 0.57; at {at} your `forced` has {got}.{known}",
        known=usual(forced, mistakes),
    )
    mistakes = [
        (truth, "That is the cost after true tokens once more"),
        (-log[own, [1, 2, 4, 0]], "That is what the model's *own* tokens cost; count the cost of the true ones"),
        (-log[[3, 1, 1, 1], true], "The model stops at an end here; it should write on, without an `end`"),
    ]  # fmt: skip
    require_close(
        free,
        after_its_own,
        "Left alone the model writes 1, 2, 4, 0 behind the prompt, so the true tokens 1, 4, 0, 1 stand after 3, 1, 2, 4; at {at} your `free` has {got}.{known}",
        known=usual(free, mistakes),
    )
    require(
        not forced.requires_grad and not free.requires_grad,
        "Nothing is learned here: without `torch.no_grad()` each call keeps what a backward pass would need.",
    )
    marker = reader(5)
    ids = torch.tensor([[1, 5, 2, 7, 7, 0, 3], [8, 0, 3, 1, 2, 6, 5], [4, 4, 4, 2, 0, 1, 8]])
    for prompt in (1, 3, 6):
        forced, free = pair_of(student(marker, ids, prompt), 7 - prompt)
        truth = gap_of(build(marker), ids, prompt)
        for found, wanted, name in zip((forced, free), truth, ("forced", "free"), strict=True):
            require_close(
                found,
                wanted,
                "Three texts of 7 tokens, a prompt of {prompt}: `{name}` is off at {at}. Does the mean go over the texts, does the model read all that stands before, and does `generate_greedy` pass its own check?",
                prompt=prompt,
                name=name,
            )
