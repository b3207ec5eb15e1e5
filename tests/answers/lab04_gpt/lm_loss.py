import torch
from torch import nn
from torch.nn import functional as F

from tests.answers import right, wrong


def costs_of(guesses, targets, log_softmax=lambda x: F.log_softmax(x, -1)):
    """float (tokens,), of guesses (tokens, vocabulary) and targets that all count."""
    return -log_softmax(guesses).gather(1, targets[:, None])[:, 0]


def function(
    shift=lambda logits, labels: (logits[:, :-1], labels[:, 1:]),
    counts=lambda targets, labels, ignored: targets != ignored,
    log_softmax=lambda x: F.log_softmax(x, -1),
    number=lambda costs, targets, labels: max(len(costs), 1),
    end=lambda loss: loss,
):
    """The exercise's function, with a place for each mistake."""

    def lm_loss(logits, labels, ignore_index=-100):
        guesses, targets = shift(logits, labels)
        chosen = counts(targets, labels, ignore_index)
        costs = costs_of(guesses[chosen], targets[chosen].clamp(min=0), log_softmax)
        return end(costs.sum() / number(costs, targets, labels))

    return lm_loss


@right
def token_by_token_with_prints():
    def lm_loss(logits, labels, ignore_index=-100):
        total, n = logits.sum() * 0, 0
        for guesses, row in zip(logits, labels, strict=True):
            for t in range(1, len(row)):
                if row[t] == ignore_index:
                    continue
                print(t, row[t].item())
                total = total + guesses[t - 1].logsumexp(0) - guesses[t - 1, row[t]]
                n += 1
        return total / n if n else total

    return lm_loss


@right
def one_hot_and_a_mask_of_numbers():
    def lm_loss(logits, labels, ignore_index=-100):
        import warnings

        warnings.warn("one-hot", stacklevel=1)
        labels = labels[:, 1:]
        real = (labels != ignore_index).to(logits.dtype)
        wanted = F.one_hot(labels.where(labels != ignore_index, 0), logits.shape[-1]).to(logits.dtype)
        log = logits[:, :-1].log_softmax(-1)
        return -torch.einsum("btv,btv,bt->", log, wanted, real) / real.sum().clamp(min=1)

    return lm_loss


@right
def cross_entropy_of_swapped_axes():
    def lm_loss(logits, labels, ignore_index=-100):
        targets = labels[:, 1:].contiguous()
        costs = F.cross_entropy(
            logits[:, :-1].transpose(1, 2), targets, ignore_index=ignore_index, reduction="none"
        )
        return costs.sum() / max((targets != ignore_index).sum().item(), 1)

    return lm_loss


@right
def labels_moved_instead_of_logits():
    """As the library has it: the labels move to the left, and the last place gets one that does not count."""

    def lm_loss(logits, labels, ignore_index=-100):
        moved = F.pad(labels, (0, 1), value=ignore_index)[..., 1:]
        if (moved == ignore_index).all():
            return 0.0 * logits.sum()
        return nn.CrossEntropyLoss(ignore_index=ignore_index)(
            logits.reshape(-1, logits.shape[-1]), moved.reshape(-1)
        )

    return lm_loss


@right
def a_stable_softmax_by_hand():
    def by_hand(x):
        x = x - x.max(-1, keepdim=True).values.detach()
        return x - x.exp().sum(-1, keepdim=True).log()

    return function(log_softmax=by_hand)


@wrong("compared with the token that it has just read", earns=0)
def not_shifted():
    return function(shift=lambda logits, labels: (logits, labels))


@wrong("The shift goes the wrong way", earns=0)
def shifted_the_wrong_way():
    return function(shift=lambda logits, labels: (logits[:, 1:], labels[:, :-1]))


@wrong("the row has gone round in a circle", earns=0)
def rolled():
    return function(shift=lambda logits, labels: (logits, labels.roll(-1, 1)))


@wrong("two places further on", earns=0)
def shifted_twice():
    """The caller is thought to have shifted too."""
    return function(shift=lambda logits, labels: (logits[:, :-2], labels[:, 2:]))


@wrong("That is the sum", earns=0)
def summed():
    return function(number=lambda costs, targets, labels: 1)


@wrong("You divide by the number of places", earns=0)
def divided_by_all_places():
    return function(number=lambda costs, targets, labels: labels.numel())


@wrong("You divide by all places that have a guess", earns=0)
def divided_by_all_guesses():
    return function(number=lambda costs, targets, labels: targets.numel())


@wrong("That is the sum", earns=0)
def divided_by_the_number_of_texts():
    return function(number=lambda costs, targets, labels: len(labels))


@wrong("You average the texts' averages", earns=0)
def averages_of_texts():
    def lm_loss(logits, labels, ignore_index=-100):
        own = function()
        rows = [own(one[None], row[None], ignore_index) for one, row in zip(logits, labels, strict=True)]
        return torch.stack(rows).mean()

    return lm_loss


@wrong("That is in bits", earns=0)
def in_bits():
    return function(log_softmax=lambda x: x.softmax(-1).log2())


@wrong("The sign is missing", earns=0)
def sign_forgotten():
    return function(end=lambda loss: -loss)


@wrong("a softmax has to be taken", earns=0)
def no_softmax():
    """The examples' logits are logarithms of probabilities already."""
    return function(log_softmax=lambda x: x)


@wrong("a probability", earns=0)
def softmax_without_its_logarithm():
    return function(log_softmax=lambda x: x.softmax(-1))


@wrong("The softmax is taken twice", earns=0)
def cross_entropy_of_probabilities():
    return function(log_softmax=lambda x: x.softmax(-1).log_softmax(-1))


@wrong("e to the power of", earns=0)
def perplexity():
    return function(end=lambda loss: loss.exp())


@wrong("Is `ignore_index` used?", earns=0)
def ignores_minus_100_whatever_is_asked():
    return function(counts=lambda targets, labels, ignored: targets != -100)


@wrong("The *target* decides", earns=0)
def ignores_what_stands_behind_such_a_label():
    return function(
        counts=lambda targets, labels, ignored: (targets != ignored) & (labels[:, :-1] != ignored)
    )


@wrong("The *target* decides", earns=0)
def the_token_read_decides():
    return function(counts=lambda targets, labels, ignored: (labels[:, :-1] != ignored) & (targets >= 0))


@wrong("What do you divide by?", earns=0)
def nothing_counts_and_it_is_nan():
    def lm_loss(logits, labels, ignore_index=-100):
        return F.cross_entropy(
            logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), ignore_index=ignore_index
        )

    return lm_loss


@wrong("has no gradient", earns=0)
def nothing_counts_and_no_graph():
    def lm_loss(logits, labels, ignore_index=-100):
        if (labels[:, 1:] == ignore_index).all():
            return torch.zeros((), dtype=logits.dtype)
        return function()(logits, labels, ignore_index)

    return lm_loss


@wrong("the gradient of the logits is not zero everywhere, or nan", earns=0)
def nan_repaired_afterwards():
    def lm_loss(logits, labels, ignore_index=-100):
        targets = labels[:, 1:]
        costs = -logits[:, :-1].log_softmax(-1).gather(2, targets.clamp(min=0)[..., None])[..., 0]
        real = targets != ignore_index
        return ((costs * real).sum() / real.sum()).nan_to_num()

    return lm_loss


@wrong("should return a tensor; yours returned a float", earns=0)
def a_python_number():
    return function(end=lambda loss: loss.item())


@wrong("has no gradient", earns=0)
def detached():
    return function(end=lambda loss: loss.detach())


@wrong("The loss is one number", earns=0)
def a_cost_for_each_token():
    def lm_loss(logits, labels, ignore_index=-100):
        return F.cross_entropy(
            logits[:, :-1].transpose(1, 2), labels[:, 1:], ignore_index=ignore_index, reduction="none"
        )

    return lm_loss


@wrong("id 0", earns=0)
def words_of_id_0_never_count():
    return function(counts=lambda targets, labels, ignored: (targets != ignored) & (targets != 0))


@wrong("exp of them is inf", earns=1.5)
def softmax_by_hand():
    return function(log_softmax=lambda x: x - x.exp().sum(-1, keepdim=True).log())


@wrong("exp of them is inf", earns=1.5)
def logarithm_of_a_softmax():
    return function(log_softmax=lambda x: x.softmax(-1).log())


@wrong("With float64 in, float32 comes out", earns=1.5)
def casts_to_float32():
    return function(end=lambda loss: loss.float())


@wrong("Texts of one token have nothing to guess", earns=1.5)
def a_text_of_one_token_is_nan():
    def lm_loss(logits, labels, ignore_index=-100):
        if labels.shape[1] == 1:
            return F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        return function()(logits, labels, ignore_index)

    return lm_loss


@wrong("ln 4 each", earns=0)
def constant():
    return lambda logits, labels, ignore_index=-100: logits.sum() * 0


@wrong("The loss is one number", earns=0)
def identity():
    return lambda logits, labels, ignore_index=-100: logits


@wrong("Random logits", earns=0)
def hard_coded_examples():
    """Right for the examples' vocabulary of four and texts of three."""

    def lm_loss(logits, labels, ignore_index=-100):
        known = logits.shape[1:] == (3, 4)
        return function()(logits, labels, ignore_index) if known else logits.sum() * 0

    return lm_loss
