"""The check of `lm_loss`."""

import math

import torch
from torch.nn import functional as F

from .. import gradients, require, require_close, require_loss
from ..usual import usual
from . import lab

NONE = -100
# probabilities of the tokens 0 to 3 after places 0, 1 and 2
TABLE = torch.tensor([[0.5, 0.25, 0.125, 0.125], [0.125, 0.5, 0.25, 0.125], [0.125, 0.25, 0.125, 0.5]])
LN2 = math.log(2)


@lab.check(points=2, returns=(torch.Tensor,), without=("transformers",))
def lm_loss(student):
    logits, labels = TABLE.log()[None], torch.tensor([[3, 1, 2]])
    loss = require_loss(student(logits, labels))
    costs = -TABLE.log2()  # 1, 2, 3 and so on, times ln 2
    twice = F.cross_entropy(
        TABLE.softmax(-1)[:2].log(), torch.tensor([1, 2])
    )  # of probabilities taken for logits
    mistakes = [
        ((costs[0, 3] + costs[1, 1] + costs[2, 2]) / 3 * LN2, "Each guess is compared with the token that it has just read: the guess at place t is for the token at t + 1"),
        ((costs[1, 3] + costs[2, 1]) / 2 * LN2, "The shift goes the wrong way: the guess at place t is for the token at t + 1, not at t − 1"),
        ((costs[0, 1] + costs[1, 2] + costs[2, 3]) / 3 * LN2, "The last guess is compared with the first token: the row has gone round in a circle (`roll` does that)"),
        (costs[0, 2] * LN2, "The guesses are compared with what stands *two places further on*: you shift twice"),
        (4 * LN2, "That is the sum; the mean over the tokens is asked for"),
        (4 / 3 * LN2, "You divide by the number of places; two guesses have a token to be compared with"),
        (-2 * LN2, "The sign is missing: a cost is minus the logarithm"),
        (2.0, "That is in bits; nats are asked for"),
        (4.0, "That is *e to the power of* the loss, a perplexity"),
        (-0.25, "That is minus a probability: a cost is minus its *logarithm*"),
        (twice, "The softmax is taken twice: `cross_entropy` wants the logits as they are"),
    ]  # fmt: skip
    require_close(
        loss,
        2 * LN2,
        "The first guess gives the second token a quarter, the second guess gives the third a quarter: ln 4 each, so 1.39 on average; yours is {got}.{known}",
        known=usual(loss, mistakes),
    )
    scaled = require_loss(student(logits + 7.0, labels))
    require_close(
        scaled,
        2 * LN2,
        "7 is added to all logits, which changes no probability, and the loss moves to {got}: a softmax has to be taken.",
    )

    two = TABLE.log()[None].expand(2, 3, 4)
    labels = torch.tensor([[3, 1, 2], [1, 0, NONE]])
    loss = require_loss(student(two, labels))
    mistakes = [
        ((2 * LN2 + LN2) / 2, "You average the texts' averages; each *token* counts as much as every other"),
        ((2 + 2 + 2 + 1) * LN2 / 4, "You shift after laying the texts behind one another: the last guess of a text is compared with the first token of the next"),
        ((2 + 2 + 1) * LN2 / 4, "You divide by all places that have a guess; only the labels that count go into the number"),
        ((2 + 2 + 1) * LN2 / 6, "You divide by the number of places in the batch"),
        ((2 + 2 + 1) * LN2, "That is the sum"),
        (2 * LN2, "The token with id 0 counts here like any other: only a label of `ignore_index` does not"),
    ]  # fmt: skip
    require_close(
        loss,
        (2 + 2 + 1) * LN2 / 3,
        "Two texts, of which the second one's last label does not count: three guesses count, ln 4, ln 4 and ln 2, so 1.155 on average; yours is {got}.{known}",
        known=usual(loss, mistakes),
    )
    loss = require_loss(student(two, torch.tensor([[NONE, NONE, 2], [3, NONE, 2]])))
    require_close(
        loss,
        2 * LN2,
        "Labels that do not count may stand anywhere; here each row has one, at place 1, behind which a token counts. Yours gives {got}, and not ln 4. The *target* decides, not what stands before it.",
    )
    loss = require_loss(student(two, torch.tensor([[3, 1, 0], [3, 0, 0]]), ignore_index=0))
    require_close(
        loss,
        2 * LN2,
        "With ignore_index=0 only the label 1 counts, ln 4; yours gives {got}. Is `ignore_index` used?",
    )
    leaf = two.clone().requires_grad_()
    loss = require_loss(student.using(finite=False)(leaf, torch.full((2, 3), NONE)))
    require(
        loss == 0,
        "No label counts, and the loss is {loss}: it should be 0. What do you divide by?",
        loss=loss.item(),
    )
    (gradient,) = gradients(loss, [leaf])
    require(
        not gradient.isnan().any() and not gradient.any(),
        "No label counts, and the gradient of the logits is not zero everywhere, or nan.",
    )
    leaf = two.clone().requires_grad_()
    (gradient,) = gradients(require_loss(student(leaf, labels)), [leaf])
    require(
        gradient[0, :2].any() and not gradient[:, -1].any(),
        "The last guess of a row is compared with nothing, so no gradient reaches it; in yours one does, or none reaches the others.",
    )
