"""Two networks of known scores, what `electra_loss` is for them, worked out by hand, and what usual mistakes make of it."""

import math

import torch

from .networks import MASK

LN2, LN3 = math.log(2), math.log(3)
LESS = math.log(4 / 3)  # what a guess of 3/4 costs where it is right; where it is wrong it costs 2 LN2
IDS = torch.tensor([[2, 5, 6, 7, 3], [2, 8, 3, 0, 0]])
CHOSEN = torch.tensor([[False, True, True, False, False], [False, True, False, False, False]])
# In place of [MASK] the generator is sure of 6, so that no luck is in what the discriminator reads: 2 6 6 7 3 and 2 6 3. It doubts 6 and
# 7, with 3/4 and 7/8, believes in 3 with 3/4, and has no opinion of 2.
SURE = torch.zeros(12, 12)
SURE[MASK, 6] = 40.0
DOUBTS = torch.tensor([math.log(15), 0, 0, -LN3, 5, -math.log(7), LN3, math.log(7), LN3, 0, 0, 0])
COSTS = [LN2, LESS, 2 * LN2, 3 * LN2, LESS, LN2, LESS, LESS]  # of the eight real tokens
GUESSED, TOLD, WEIGHT = 80 / 3, sum(COSTS) / 8, 10.0


def mistakes():
    """(loss, what leads there) for the known networks."""
    n, w = math.log(12), WEIGHT
    words = [
        (
            0,
            "The generator's part is missing. Or is it the cost of its own samples? The *true* tokens are asked for",
        ),
        (80, "The generator's part is a sum; the mean over the chosen tokens is asked for"),
        (8, "You divide the generator's part by all places; three are chosen"),
        (10, "You divide the generator's part by all real tokens; three are chosen"),
        (
            30,
            "In the generator's part you average the rows' averages; each chosen *token* counts as much as every other",
        ),
        (
            40,
            "The generator pays for the replaced tokens alone; it pays for all chosen ones, also where it guessed right",
        ),
        ((80 + 5 * n) / 8, "The generator pays for all real tokens; it pays for the chosen ones alone"),
        ((80 + 7 * n) / 10, "The generator pays for all places; it pays for the chosen ones alone"),
        (
            math.log(math.e + 11) - 1 / 3,
            "The generator's logits go through a softmax before `cross_entropy`, which takes one of its own",
        ),
        (-GUESSED, "The sign of the generator's part is missing: a cost is minus the logarithm"),
    ]
    labels = [0, 1, 0, 0, 0, 0, 1, 0]  # of the eight real tokens
    scores = [0, LN3, LN3, math.log(7), -LN3, 0, LN3, -LN3]

    def mean(costs):
        return sum(costs) / len(costs)

    twice = [math.log1p(math.exp(s)) - s * label for s, label in zip([1 / (1 + math.exp(-s)) for s in scores], labels, strict=True)]  # fmt: skip
    round_ = [c + s * (2 * label - 1) for c, s, label in zip(COSTS, scores, labels, strict=True)]
    told = [
        (0, "The discriminator's part is missing"),
        (8 * TOLD, "The discriminator's part is a sum; the mean over the real tokens is asked for"),
        (mean([*COSTS, 4 * LN2, 4 * LN2]), "Padding counts in the discriminator's part; it is the mean over the real tokens"),
        (0.8 * TOLD, "You divide the discriminator's part by all places; the mean over the real tokens is asked for"),
        (mean([COSTS[i] for i in (1, 2, 6)]), "The discriminator pays for the chosen tokens alone; it says of *every* real token whether it is the true one"),
        (mean([COSTS[i] for i in (0, 3, 4, 5, 7)]), "The discriminator pays for those tokens alone that were not chosen; it says of *every* real token whether it is the true one"),
        (mean([COSTS[1], COSTS[6]]), "The discriminator pays for the replaced tokens alone, or for the chosen ones, all of which are called replaced; it says of *every* real token whether it is the true one"),
        (mean([mean(COSTS[:5]), mean(COSTS[5:])]), "In the discriminator's part you average the rows' averages; each real *token* counts as much as every other"),
        (mean([*COSTS[:2], LESS, *COSTS[3:]]), "Every chosen token is called replaced; a sample that happens to be the true token is real"),
        (mean(round_), "The discriminator's labels are turned round: its logits are high for a *replaced* token"),
        (mean(twice), "The discriminator's logits go through a sigmoid twice: `binary_cross_entropy_with_logits` has one of its own"),
        (-TOLD, "The discriminator's part is taken off. This is no GAN: both parts are costs, and added"),
        (2 * TOLD, "The discriminator's part counts twice"),
    ]  # fmt: skip
    both = [
        (GUESSED + TOLD, "`weight` is missing"),
        (GUESSED + 50 * TOLD, "That is with a weight of 50: is `weight` used?"),
        (w * GUESSED + TOLD, "`weight` is the discriminator's, and stands at the generator's part"),
        (w * (GUESSED + TOLD), "`weight` multiplies both parts; it is the discriminator's alone"),
        ((GUESSED + w * TOLD) / 2, "That is the mean of the two; they are added"),
        (GUESSED / LN2 + w * TOLD / LN2, "That is in bits; nats are asked for"),
    ]
    return [*((g + w * TOLD, s) for g, s in words), *((GUESSED + w * d, s) for d, s in told), *both]
