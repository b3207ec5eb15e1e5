"""Checks of what guesses cost: `bilm_loss`, `perplexity`."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from .. import require, require_close, require_loss, require_number
from ..usual import refuse, usual
from . import lab


@lab.check(points=3, returns=(float, Tensor))
def bilm_loss(student):
    ids = torch.tensor([[1, 2, 3, 2, 0], [3, 1, 0, 0, 0]])
    zeros = torch.zeros(2, 5, 6)
    loss, even = require_loss(student(zeros, zeros, ids)), math.log(6)
    mistakes = [
        (even, "That is ln 6: what one of them pays, or the mean of the two; add them"),
        (8 * even, "That is 8 ln 6: the sum over all places, and it is to be the mean"),
        (4 * even, "That is 4 ln 6: you sum where the mean over the places is asked for"),
        (-2 * even, "The sign is the wrong way: a cost is not negative"),
        (2 * even * 4 / 10, "You divide by all 10 places of the batch; 4 have a token to name"),
        (2 * even * 4 / 6, "You divide by the 6 real tokens; 4 of them have a token to name"),
    ]
    require_close(
        loss,
        2 * even,
        "Logits of zeros are even bets on 6 words: each reader pays ln 6 for a token, together 3.584. Yours is {got}.{known}",
        known=usual(loss, mistakes),
    )

    def sure(named):
        """Logits that are sure (by 10 nats) of a token at each place: of 4 where nothing is said."""
        logits = torch.zeros(2, 5, 6)
        named = {(row, place): 4 for row in range(2) for place in range(5)} | named
        for place, token in named.items():
            logits[place][token] = 10.0
        return logits

    right = math.log1p(5 * math.exp(-10))  # what a sure and right guess costs: next to nothing
    ahead = sure({(0, 0): 2, (0, 1): 3})
    back = sure({(0, 1): 1, (0, 2): 2, (0, 3): 3, (1, 2): 1})
    # The left reader is wrong at 2 of its 4 places, the right one at 1; where nobody has a token to name, both are sure of one.
    loss = require_loss(student(ahead, back, ids))
    ten = 10.0 + right
    sure_of, other = math.exp(-right), (1 - math.exp(-right)) / 5  # probabilities, taken for logits
    again = math.log(math.exp(sure_of) + 5 * math.exp(other)) * 2 - (5 * sure_of + 3 * other) / 4
    of_rows = (ten / 3 + 2 * right / 3 + ten) / 2 + (right + ten) / 2
    mistakes = [
        (
            of_rows,
            "That is the mean of the rows' means: a sentence of two tokens weighs as much there as one of four",
        ),
        ((3 * ten + 5 * right) / 8, "That is one mean over both; take each reader's own and add"),
        (
            again,
            "You make probabilities of the logits first, and the loss makes some of those again: give it the logits",
        ),
    ]
    require_close(
        loss,
        (3 * ten + 5 * right) / 4,
        "A left reader that is sure and wrong at 2 of its 4 places and a right one at 1 of its 4 pay 5.0 + 2.5 nats; yours is {got}.{known}",
        rtol=1e-3,
        known=usual(loss, mistakes) or where_from(loss, ahead, back, ids, ten, right),
    )


def where_from(loss, ahead, back, ids, ten, right):
    """What the targets were, as the end of a message, when a loss tells it."""

    def mean(logits, targets, counted):
        paid = torch.where(logits.gather(2, targets[..., None])[..., 0] == 10.0, right, ten)
        return paid[counted].mean()

    every, real = torch.ones_like(ids, dtype=torch.bool), ids != 0
    next_too, before_too = F.pad(ids[:, 1:], (0, 1)), F.pad(ids[:, :-1], (1, 0))
    before_end = real & (next_too != 0)
    after_begin = real.clone()
    after_begin[:, 0] = False
    stories = [
        (mean(ahead, ids, real) + mean(back, ids, real), "Each reader is asked for the token that it has just read"),
        (mean(ahead, ids, before_end) + mean(back, ids, after_begin), "Each reader is asked for the token that it has just read"),
        (
            mean(ahead, next_too, before_end) + mean(back, next_too, before_end),
            "The reader from the right is asked for the next token too: its targets are shifted the way of the left one's",
        ),
        (mean(ahead, before_too, after_begin) + mean(back, next_too, before_end), "The two readers' targets have changed places"),
        (mean(ahead, next_too, every) + mean(back, before_too, every), "You count places where nobody has a token to name"),
        (mean(ahead, next_too, real) + mean(back, before_too, real), "You count the ends of the sentences, where nobody has a token to name"),
    ]  # fmt: skip
    return usual(loss, stories)


def perplexity_of(result):
    """A returned number as a float; says so when it is none, or several."""
    return require_number(result, "One number for all batches: the perplexity")


@lab.check(points=2, returns=(float, int, Tensor), finite=False)
def perplexity(student):
    two = perplexity_of(student([math.log(4), math.log(4)], [3, 5]))
    refuse(
        torch.tensor(two),
        [
            (math.log(4), "That is the mean loss itself, ln 4; its exp is the perplexity"),
            (2 ** math.log(4), "You take a power of 2; the loss is in nats, so it is exp"),
            (16.0, "The losses are added, ln 4 + ln 4; take their mean"),
            (4.0**8, "That is exp of what all 8 tokens pay together; divide by their number first"),
        ],
    )
    require_close(two, 4.0, "Two batches that pay ln 4 a token hesitate among 4; yours says {got}.")
    got = perplexity_of(student([math.log(2), math.log(8)], [3, 1]))
    mistakes = [
        (5.0, "That is the mean of the two perplexities: exp comes last"),
        (
            3.5,
            "That is the mean of the batches' perplexities; take the mean of the losses, and exp at the end",
        ),
        (4.0, "Both batches weigh the same with you: the first has three tokens, the second one"),
        (2 ** (10 / 4), "The weights are the wrong way round"),
    ]
    require_close(
        got,
        2 ** (6 / 4),
        "Three tokens that pay ln 2 each and one that pays ln 8 pay 6 ln 2 together: among 2.83 words. Yours says {got}.{known}",
        known=usual(torch.tensor(got), mistakes),
    )
    error = student.error([], [])
    require(
        error is not None,
        "There is no token at all, and yours answers all the same; raise a ValueError that says so.",
    )
    require(
        error.is_a("ValueError"),
        "Without a token the statement asks for a ValueError with a clear sentence; yours is a {type}.",
        type=error.type,
    )
    require(
        len(error.message.split()) >= 3,
        "Your ValueError says {text!r}. A clear error is a sentence: what is missing?",
        text=error.message[:80],
    )
