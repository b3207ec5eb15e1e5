"""The check of `mlm_nsp_loss`."""

import math

import torch

from .. import gradients, require, require_close, require_loss
from ..usual import usual
from . import lab

NONE = -100
LN2 = math.log(2)
# probabilities of four words at three places, and of the two labels
TABLE = torch.tensor([[0.5, 0.25, 0.125, 0.125], [0.125, 0.5, 0.25, 0.125], [0.125, 0.25, 0.125, 0.5]])
# and at three others, of the second row
OTHER = torch.tensor([[0.125, 0.125, 0.25, 0.5], [0.25, 0.125, 0.125, 0.5], [0.5, 0.125, 0.25, 0.125]])
PAIR = torch.tensor([[0.25, 0.75], [0.5, 0.5]])


@lab.check(points=2, returns=(float, torch.Tensor), without=("transformers",))
def mlm_nsp_loss(student):
    tokens, pairs = torch.stack([TABLE, OTHER]).log(), PAIR.log()
    labels = torch.tensor([[3, NONE, 2], [NONE, 3, NONE]])  # ln 8, ln 8, ln 2
    follows = torch.tensor([0, 1])  # ln 4, ln 2
    words, next_ = (3 + 3 + 1) / 3 * LN2, 1.5 * LN2
    loss = require_loss(student(tokens, pairs, labels, follows))
    nobody_shifts = (tokens[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
    asks_for_0 = torch.nn.functional.cross_entropy(tokens.flatten(0, 1), labels.flatten().clamp(min=0))
    mixed = torch.nn.functional.cross_entropy(
        tokens.transpose(0, 1).flatten(0, 1), labels.flatten(), ignore_index=NONE
    )
    mistakes = [
        (words, "The pairs' half is missing"),
        (next_, "The tokens' half is missing"),
        ((words + next_) / 2, "That is the mean of the two halves; they are added"),
        (7 * LN2 + next_, "The tokens' half is a sum; the mean over the tokens that have a label is asked for"),
        (7 * LN2 / 6 + next_, "You divide by all places; three have a label"),
        (words + 3 * LN2, "The pairs' half is a sum; the mean over the pairs is asked for"),
        (7 * LN2 + 3 * LN2, "Those are sums; in each half it is the mean over what has a label"),
        (10 * LN2 / 5, "That is one mean over tokens and pairs together; each half has a mean of its own, and they are added"),
        ((3 * LN2 + LN2) / 2 + next_, "You average the rows' averages; each *token* counts as much as every other"),
        (torch.nn.functional.cross_entropy(*nobody_shifts, ignore_index=NONE) + next_, "You shift, as GPT's loss does; here the logits *at* a place are the guess for that place"),
        (words + (math.log(4 / 3) + LN2) / 2, "The pairs' labels are turned round: column 0 is “is next”"),
        (asks_for_0 + next_, "You ask for the id 0 where the label is −100"),
        (mixed + next_, "Rows and places are mixed: logits and labels are laid flat in different orders"),
        (words + LN2, "A pair with the label 0 costs, too: only −100 means that there is none"),
        (2 ** (words / LN2) + next_, "That is *e to the power of* a loss, a perplexity"),
        (words / LN2 + next_ / LN2, "That is in bits; nats are asked for"),
        (-words - next_, "The sign is missing: a cost is minus the logarithm"),
    ]  # fmt: skip
    require_close(
        loss,
        words + next_,
        "Three tokens have labels, to which the guesses give 1/8, 1/8 and 1/2; two pairs, to whose labels they give 1/4 and 1/2. That is 1.617 and 1.040 nats on average, 2.657 together; yours is {got}.{known}",
        known=usual(loss, mistakes),
    )
    scaled = require_loss(student(tokens + 7.0, pairs - 3.0, labels, follows))
    require_close(
        scaled,
        words + next_,
        "The same is added to all logits, which changes no probability, and the loss moves to {got}: a softmax has to be taken.",
    )
    loss = require_loss(student(tokens, pairs, torch.tensor([[0, NONE, NONE], [0, NONE, 0]]), follows))
    require_close(
        loss,
        (1 + 3 + 1) / 3 * LN2 + next_,
        "The id 0 is a label like any other: only −100 costs nothing. Here three labels are 0, to which the guesses give 1/2, 1/8 and 1/2: 2.195 nats together with the pairs; yours gives {got}.",
    )
    loss = require_loss(student(tokens, pairs, labels, torch.tensor([0, NONE])))
    mistakes = [
        (words + LN2, "You divide by the number of pairs; one has a label"),
        (words, "The pairs' half is left out"),
    ]
    require_close(
        loss,
        words + 2 * LN2,
        "The second pair has no label: the pairs' half is ln 4, what the first one costs; yours gives {got} together.{known}",
        known=usual(loss, mistakes),
    )
    for given, truth, what in (
        ((torch.full((2, 3), NONE), follows), next_, "No token has a label"),
        ((labels, torch.tensor([NONE, NONE])), words, "No pair has a label"),
        ((torch.full((2, 3), NONE), torch.tensor([NONE, NONE])), 0.0, "Nothing has a label"),
    ):
        leaves = [tokens.clone().requires_grad_(), pairs.clone().requires_grad_()]
        loss = require_loss(student.using(finite=False)(*leaves, *given))
        require_close(loss, truth, "{what}: that half is 0. Yours gives {got} together; what do you divide by?", what=what)  # fmt: skip
        require(
            loss.requires_grad,
            "{what}, and your loss hangs on no logits: training would stop at `backward`. A sum over nothing is 0, with gradients of 0.",
            what=what,
        )
        found = gradients(loss, leaves)
        require(
            not any(g.isnan().any() for g in found),
            "{what}, and a gradient is nan: what do you divide by?",
            what=what,
        )
        asked = [bool((g != NONE).any()) for g in given]
        require(
            [bool(g.any()) for g in found] == asked,
            "{what}: gradients reach the logits whose labels count, and no others.",
            what=what,
        )
