import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def tables(ids):
    """The targets of both, -100 where there is none."""
    ahead = F.pad(ids[:, 1:], (0, 1))
    back = F.pad(ids[:, :-1], (1, 0)) * (ids != 0)
    return ahead.masked_fill(ahead == 0, -100), back.masked_fill(back == 0, -100)


def mean_paid(logits, targets):
    """Mean over the places that have a target; 0 when none has."""
    real = targets != -100
    paid = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100, reduction="sum")
    return paid / real.sum().clamp(min=1)


@right
def selects_the_places():
    def bilm_loss(ahead, back, ids):
        total = ahead.sum() * 0
        for logits, targets in zip((ahead, back), tables(ids), strict=True):
            chosen = targets != -100
            print(int(chosen.sum()))
            if chosen.any():
                total = total + F.cross_entropy(logits[chosen], targets[chosen])
        return total

    return bilm_loss


@right
def classes_on_axis_1_and_nan_made_zero():
    def bilm_loss(ahead, back, ids):
        one, two = (
            F.cross_entropy(logits.transpose(1, 2), targets)
            for logits, targets in zip((ahead, back), tables(ids), strict=True)
        )
        return one.nan_to_num() + two.nan_to_num()

    return bilm_loss


@right
def gathers_log_probabilities_in_float64():
    def bilm_loss(ahead, back, ids):
        import warnings

        warnings.warn("in double precision", stacklevel=1)
        total = 0
        for logits, targets in zip((ahead, back), tables(ids), strict=True):
            logs = logits.double().log_softmax(-1)
            named = logs.gather(2, targets.clamp(min=0).unsqueeze(-1)).squeeze(-1)
            real = (targets != -100).double()
            total = total - (named * real).sum() / real.sum().clamp(min=1)
        return total

    return bilm_loss


@wrong("or the mean of the two; add them", earns=0)
def mean_of_the_readers():
    def bilm_loss(ahead, back, ids):
        return sum(mean_paid(*pair) for pair in zip((ahead, back), tables(ids), strict=True)) / 2

    return bilm_loss


@wrong("shifted the way of the left one's", earns=0)
def both_are_asked_for_the_next_token():
    """The backward language model with the forward shift."""

    def bilm_loss(ahead, back, ids):
        targets, _ = tables(ids)
        return mean_paid(ahead, targets) + mean_paid(back, targets)

    return bilm_loss


@wrong("Each reader is asked for the token that it has just read", earns=0)
def states_taken_after_the_target():
    def bilm_loss(ahead, back, ids):
        targets = ids.masked_fill(ids == 0, -100)
        return mean_paid(ahead, targets) + mean_paid(back, targets)

    return bilm_loss


@wrong("targets have changed places", earns=0)
def targets_of_the_other_reader():
    def bilm_loss(ahead, back, ids):
        later, before = tables(ids)
        return mean_paid(ahead, before) + mean_paid(back, later)

    return bilm_loss


@wrong("the mean of the rows' means", earns=0)
def mean_of_each_sentence():
    def bilm_loss(ahead, back, ids):
        total = 0
        for logits, targets in zip((ahead, back), tables(ids), strict=True):
            total = (
                total
                + torch.stack(
                    [mean_paid(some[None], row[None]) for some, row in zip(logits, targets, strict=True)]
                ).mean()
            )
        return total

    return bilm_loss


@wrong("You divide by all 10 places", earns=0)
def divides_by_the_size_of_the_batch():
    def bilm_loss(ahead, back, ids):
        return sum(
            F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum") / ids.numel()
            for logits, targets in zip((ahead, back), tables(ids), strict=True)
        )

    return bilm_loss


@wrong("You divide by the 6 real tokens", earns=0)
def divides_by_the_real_tokens():
    def bilm_loss(ahead, back, ids):
        return sum(
            F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum") / (ids != 0).sum()
            for logits, targets in zip((ahead, back), tables(ids), strict=True)
        )

    return bilm_loss


@wrong("where nobody has a token to name", earns=0)
def counts_the_padding():
    def bilm_loss(ahead, back, ids):
        later, before = F.pad(ids[:, 1:], (0, 1)), F.pad(ids[:, :-1], (1, 0))
        return F.cross_entropy(ahead.flatten(0, 1), later.flatten()) + F.cross_entropy(
            back.flatten(0, 1), before.flatten()
        )

    return bilm_loss


@wrong("pay 5.0 + 2.5 nats", earns=0)
def the_left_reader_alone_twice():
    def bilm_loss(ahead, back, ids):
        return 2 * mean_paid(ahead, tables(ids)[0])

    return bilm_loss


@wrong("you sum where the mean", earns=0)
def sums_over_the_places():
    def bilm_loss(ahead, back, ids):
        return (
            sum(
                F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
                for logits, targets in zip((ahead, back), tables(ids), strict=True)
            )
            / 2
        )

    return bilm_loss


@wrong("The sign is the wrong way", earns=0)
def likelihood_without_its_minus():
    def bilm_loss(ahead, back, ids):
        return -sum(mean_paid(*pair) for pair in zip((ahead, back), tables(ids), strict=True))

    return bilm_loss


@wrong("give it the logits", earns=0)
def probabilities_for_logits():
    def bilm_loss(ahead, back, ids):
        return sum(mean_paid(x.softmax(-1), t) for x, t in zip((ahead, back), tables(ids), strict=True))

    return bilm_loss


@wrong("through which no gradient flows", earns=0)
def a_python_number():
    def bilm_loss(ahead, back, ids):
        return sum(mean_paid(*pair).item() for pair in zip((ahead, back), tables(ids), strict=True))

    return bilm_loss


@wrong("no gradient", earns=2)
def cuts_the_graph():
    def bilm_loss(ahead, back, ids):
        return sum(mean_paid(*pair) for pair in zip((ahead, back), tables(ids), strict=True)).detach()

    return bilm_loss


@wrong("a mean over no place is 0 / 0", earns=2.5)
def nan_where_nobody_has_a_target():
    def bilm_loss(ahead, back, ids):
        return sum(
            F.cross_entropy(logits.flatten(0, 1), targets.flatten())
            for logits, targets in zip((ahead, back), tables(ids), strict=True)
        )

    return bilm_loss


@wrong("The loss is one number", earns=0)
def identity():
    def bilm_loss(ahead, back, ids):
        return ahead

    return bilm_loss


@wrong("each reader pays ln 6", earns=0)
def constant():
    def bilm_loss(ahead, back, ids):
        return torch.tensor(0.0)

    return bilm_loss


@wrong("Random logits", earns=0)
def hard_coded_examples():
    def bilm_loss(ahead, back, ids):
        return torch.tensor(3.5835189 if not ahead.any() else 7.5003632)

    return bilm_loss
