import math

import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def scores(context, target, noise):
    """The true score (batch,) and those of the noise words (batch, negatives)."""
    return (context * target).sum(-1), (noise * context.unsqueeze(1)).sum(-1)


@right
def binary_cross_entropy_with_logits():
    def negative_sampling_loss(context, target, noise):
        words = torch.cat([target.unsqueeze(1), noise], dim=1)
        logits = torch.bmm(words, context.unsqueeze(2)).squeeze(2)
        labels = torch.zeros_like(logits)
        labels[:, 0] = 1
        return F.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / len(context)

    return negative_sampling_loss


@right
def softplus_in_float64_with_prints():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context.double(), target.double(), noise.double())
        print("scores", true, false)
        return (F.softplus(-true) + F.softplus(false).sum(1)).mean()

    return negative_sampling_loss


@right
def loops_over_examples_and_words():
    def negative_sampling_loss(h, positive, negatives):
        total = h.new_zeros(())
        for n in range(len(h)):
            total = total - F.logsigmoid(h[n].dot(positive[n]))
            for word in negatives[n]:
                total = total - F.logsigmoid(-h[n].dot(word))
        return total / len(h)

    return negative_sampling_loss


@right
def logaddexp_of_signed_scores():
    def negative_sampling_loss(context, target, noise):
        import warnings

        warnings.warn("by hand", stacklevel=1)
        signed = torch.cat([-target.unsqueeze(1), noise], 1) @ context.unsqueeze(-1)
        return torch.logaddexp(signed, torch.zeros_like(signed)).sum((1, 2)).mean(0)

    return negative_sampling_loss


@wrong("you average over the noise words", earns=0)
def mean_over_the_noise_words():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return -(F.logsigmoid(true) + F.logsigmoid(-false).mean(1)).mean()

    return negative_sampling_loss


@wrong("you average over all questions", earns=0)
def mean_over_everything():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        logits = torch.cat([true.unsqueeze(1), false], 1)
        labels = torch.zeros_like(logits)
        labels[:, 0] = 1
        return F.binary_cross_entropy_with_logits(logits, labels)

    return negative_sampling_loss


@wrong("you sum over the batch", earns=0)
def sum_over_the_batch():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return -F.logsigmoid(true).sum() - F.logsigmoid(-false).sum()

    return negative_sampling_loss


@wrong("the sign is the wrong way", earns=0)
def forgets_the_minus():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return (F.logsigmoid(true) + F.logsigmoid(-false).sum(1)).mean()

    return negative_sampling_loss


@wrong("noise that disagrees should cost little", earns=0)
def noise_pulled_closer():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return -(F.logsigmoid(true) + F.logsigmoid(false).sum(1)).mean()

    return negative_sampling_loss


@wrong("Which score wants to be large?", earns=0)
def target_pushed_away():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return -(F.logsigmoid(-true) + F.logsigmoid(false).sum(1)).mean()

    return negative_sampling_loss


@wrong("The noise is scored against the target", earns=0)
def noise_scored_against_the_target():
    def negative_sampling_loss(context, target, noise):
        true, false = (context * target).sum(-1), (noise * target.unsqueeze(1)).sum(-1)
        return -(F.logsigmoid(true) + F.logsigmoid(-false).sum(1)).mean()

    return negative_sampling_loss


@wrong("log(sigmoid(x)) is log(0)", earns=3)
def log_of_sigmoid():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return -(torch.sigmoid(true).log() + torch.sigmoid(-false).log().sum(1)).mean()

    return negative_sampling_loss


@wrong("A tiny number inside the logarithm", earns=3)
def a_tiny_number_inside_the_logarithm():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return -(
            torch.log(torch.sigmoid(true) + 1e-9) + torch.log(torch.sigmoid(-false) + 1e-9).sum(1)
        ).mean()

    return negative_sampling_loss


@wrong("gradient for the noise vectors", earns=3)
def noise_detached():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise.detach())
        return -(F.logsigmoid(true) + F.logsigmoid(-false).sum(1)).mean()

    return negative_sampling_loss


@wrong("something in your code cuts the graph", earns=3)
def returns_a_new_tensor_of_the_number():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return torch.tensor(-(F.logsigmoid(true) + F.logsigmoid(-false).sum(1)).mean().item())

    return negative_sampling_loss


@wrong("returned a Python number", earns=0)
def loops_in_plain_python():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        costs = [
            math.log1p(math.exp(-t)) + sum(math.log1p(math.exp(f)) for f in row)
            for t, row in zip(true, false, strict=True)
        ]
        return sum(costs) / len(costs)

    return negative_sampling_loss


@wrong("averaged over the batch; it should have shape (); yours has (2,)", earns=0)
def one_loss_an_example():
    def negative_sampling_loss(context, target, noise):
        true, false = scores(context, target, noise)
        return -(F.logsigmoid(true) + F.logsigmoid(-false).sum(1))

    return negative_sampling_loss


@wrong("Every context meets only the noise of its own", earns=0)
def noise_of_the_whole_batch():
    def negative_sampling_loss(context, target, noise):
        true = (context * target).sum(-1)
        false = (context @ noise.flatten(0, 1).T).view(len(context), len(context), -1)
        return -(F.logsigmoid(true) + F.logsigmoid(-false).mean(1).sum(-1)).mean()

    return negative_sampling_loss


@wrong("a dot product, not a cosine", earns=0)
def cosines_in_place_of_dot_products():
    def negative_sampling_loss(context, target, noise):
        unit = [F.normalize(x, dim=-1) for x in (context, target, noise)]
        true, false = scores(*unit)
        return -(F.logsigmoid(true) + F.logsigmoid(-false).sum(1)).mean()

    return negative_sampling_loss


@wrong("averaged over the batch; it should have shape (); yours has (2, 3)", earns=0)
def identity():
    def negative_sampling_loss(context, target, noise):
        return context

    return negative_sampling_loss


@wrong("each of 1 + 4 yes/no questions costs ln 2", earns=0)
def constant():
    def negative_sampling_loss(context, target, noise):
        return torch.tensor(0.0)

    return negative_sampling_loss


@wrong("Random vectors", earns=0)
def hard_coded_examples():
    def negative_sampling_loss(context, target, noise):
        known = {
            "[[3.0, 0.0]]": 0.0049514,
            "[[-3.0, 0.0]]": 12.0049514,
            "[[3.0, 0.0], [0.0, -3.0]]": 6.0049514,
        }
        return torch.tensor(known.get(repr(target.tolist()), 3.4657359))

    return negative_sampling_loss
