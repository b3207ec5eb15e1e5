import math

import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def mean_cost(logits, truth):
    """logits: (n, classes); truth: (n,). 0, with gradients of 0, where nothing has a label."""
    total = F.cross_entropy(logits, truth, ignore_index=-100, reduction="sum")
    return total / (truth != -100).sum().clamp(min=1)


def function(tokens=mean_cost, pairs=mean_cost, join=lambda words, next_: words + next_):
    """The exercise's function with other halves: (logits, truth) -> number."""

    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        return join(tokens(token_logits.flatten(0, 1), labels.flatten()), pairs(pair_logits, next_labels))

    return mlm_nsp_loss


def both(half):
    return function(half, half)


@right
def label_by_label_with_prints():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        words, follows = token_logits.sum() * 0, pair_logits.sum() * 0
        count = 0
        for b in range(labels.shape[0]):
            for t in range(labels.shape[1]):
                if labels[b, t] != -100:
                    words = words - torch.log_softmax(token_logits[b, t], dim=-1)[labels[b, t]]
                    count += 1
        pairs = 0
        for b, label in enumerate(next_labels.tolist()):
            if label != -100:
                follows = follows + torch.logsumexp(pair_logits[b], 0) - pair_logits[b, label]
                pairs += 1
        print(count, "tokens", pairs, "pairs")
        return words / max(1, count) + follows / max(1, pairs)

    return mlm_nsp_loss


@right
def picked_first_then_averaged():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        def half(logits, truth):
            asked = truth != -100
            if not asked.any():
                return logits.sum() * 0
            return F.nll_loss(logits[asked].log_softmax(-1), truth[asked])

        return half(token_logits, labels) + half(pair_logits, next_labels)

    return mlm_nsp_loss


@right
def gathered_in_float64():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        import logging

        total = 0
        for logits, truth in ((token_logits, labels), (pair_logits, next_labels)):
            log = logits.to(torch.float64).log_softmax(-1)
            there = (truth >= 0).to(log.dtype)
            costs = -log.gather(-1, truth.clamp(min=0).unsqueeze(-1)).squeeze(-1)
            total = total + (costs * there).sum() / there.sum().clamp(min=1)
        logging.getLogger("student").warning("loss %.3f", total)
        return total

    return mlm_nsp_loss


@right
def the_librarys_means_with_nan_replaced():
    """A mean over nothing is nan, with gradients of 0 or nan; so it is not asked for then."""

    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        import warnings

        warnings.warn("two calls", stacklevel=1)
        loss = 0 * token_logits[:0].sum() + 0 * pair_logits[:0].sum()
        if (labels != -100).any():
            loss = loss + F.cross_entropy(token_logits.transpose(1, 2), labels)
        if (next_labels != -100).any():
            loss = loss + F.cross_entropy(pair_logits, next_labels)
        return loss

    return mlm_nsp_loss


@right
def weights_of_one_over_the_count():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        def half(logits, truth):
            one_hot = F.one_hot(truth.clamp(min=0), logits.shape[-1]).to(logits.dtype)
            one_hot = one_hot * (truth != -100).unsqueeze(-1)
            return -(one_hot * logits.log_softmax(-1)).sum() / max(1, int((truth != -100).sum()))

        return half(token_logits, labels) + half(pair_logits, next_labels)

    return mlm_nsp_loss


@wrong("The pairs' half is missing", earns=0)
def tokens_alone():
    return function(join=lambda words, next_: words + 0 * next_)


@wrong("The tokens' half is missing", earns=0)
def pairs_alone():
    return function(join=lambda words, next_: next_ + 0 * words)


@wrong("That is the mean of the two halves; they are added", earns=0)
def mean_of_the_halves():
    return function(join=lambda words, next_: (words + next_) / 2)


@wrong("That is one mean over tokens and pairs together", earns=0)
def one_mean_over_both():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        total = F.cross_entropy(token_logits.flatten(0, 1), labels.flatten(), reduction="sum")
        total = total + F.cross_entropy(pair_logits, next_labels, reduction="sum")
        return total / ((labels != -100).sum() + (next_labels != -100).sum()).clamp(min=1)

    return mlm_nsp_loss


@wrong("The tokens' half is a sum", earns=0)
def sum_of_the_tokens():
    return function(lambda logits, truth: F.cross_entropy(logits, truth, reduction="sum"))


@wrong("The pairs' half is a sum", earns=0)
def sum_of_the_pairs():
    return function(pairs=lambda logits, truth: F.cross_entropy(logits, truth, reduction="sum"))


@wrong("Those are sums", earns=0)
def sums():
    return both(lambda logits, truth: F.cross_entropy(logits, truth, reduction="sum"))


@wrong("You divide by all places; three have a label", earns=0)
def mean_over_all_places():
    return function(lambda logits, truth: F.cross_entropy(logits, truth, reduction="sum") / len(truth))


@wrong("You average the rows' averages", earns=0)
def mean_of_the_rows_means():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        rows = [mean_cost(logits, truth) for logits, truth in zip(token_logits, labels, strict=True)]
        return torch.stack(rows).mean() + mean_cost(pair_logits, next_labels)

    return mlm_nsp_loss


@wrong("You shift, as GPT's loss does", earns=0)
def shifted():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        words = mean_cost(token_logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        return words + mean_cost(pair_logits, next_labels)

    return mlm_nsp_loss


@wrong("The pairs' labels are turned round", earns=0)
def pair_labels_turned_round():
    return function(
        pairs=lambda logits, truth: mean_cost(logits, torch.where(truth == -100, truth, 1 - truth))
    )


@wrong("The id 0 is a label like any other", earns=0)
def id_0_is_left_out():
    return function(lambda logits, truth: mean_cost(logits, truth.masked_fill(truth == 0, -100)))


@wrong("A pair with the label 0 costs, too", earns=0)
def id_0_is_left_out_of_the_pairs_too():
    return both(lambda logits, truth: F.cross_entropy(logits, truth.clamp(min=0), ignore_index=0))


@wrong("−100 is no id", earns=0)
def no_ignore_index():
    return both(lambda logits, truth: F.nll_loss(logits.log_softmax(-1), truth, ignore_index=-1))


@wrong("−100 is no id", earns=0)
def looked_up_with_minus_100():
    return both(lambda logits, truth: -logits.log_softmax(-1)[torch.arange(len(truth)), truth].mean())


@wrong("Yours gives nan together", earns=0)
def nan_where_nothing_has_a_label():
    return both(lambda logits, truth: F.cross_entropy(logits, truth))


@wrong("what do you divide by?", earns=0)
def nan_where_no_pair_has_a_label():
    return function(pairs=lambda logits, truth: F.cross_entropy(logits, truth))


@wrong("and a gradient is nan", earns=0)
def nan_made_0_behind_the_division():
    def half(logits, truth):
        asked = truth != -100
        log = logits.log_softmax(-1)
        found = -(log.gather(1, truth.clamp(min=0)[:, None])[:, 0] * asked).sum() / asked.sum()
        return torch.where(asked.any(), found, 0 * found.nan_to_num())

    return both(half)


@wrong("your loss hangs on no logits", earns=0)
def a_new_0_where_nothing_has_a_label():
    def half(logits, truth):
        return mean_cost(logits, truth) if (truth != -100).any() else torch.tensor(0.0)

    return both(half)


@wrong("You divide by the number of pairs; one has a label", earns=0)
def mean_over_all_pairs():
    return function(pairs=lambda logits, truth: F.cross_entropy(logits, truth, reduction="sum") / len(truth))


@wrong("a softmax has to be taken", earns=0)
def logits_taken_for_logarithms():
    return both(
        lambda logits, truth: F.nll_loss(logits, truth, reduction="sum") / (truth != -100).sum().clamp(min=1)
    )


@wrong("2.657 together", earns=0)
def softmax_twice():
    return both(lambda logits, truth: mean_cost(logits.softmax(-1), truth))


@wrong("a perplexity", earns=0)
def perplexity_of_the_tokens():
    return function(lambda logits, truth: mean_cost(logits, truth).exp())


@wrong("That is in bits", earns=0)
def bits():
    return function(join=lambda words, next_: (words + next_) / math.log(2))


@wrong("The sign is missing", earns=0)
def no_sign():
    return function(join=lambda words, next_: -words - next_)


@wrong("exp of them is inf", earns=1.5)
def softmax_by_hand():
    def half(logits, truth):
        power = logits.exp()
        log = (power / power.sum(-1, keepdim=True)).log()
        asked = truth != -100
        if not asked.any():
            return logits.sum() * 0
        return -log[asked].gather(1, truth[asked][:, None]).mean()

    return both(half)


@wrong("With float64 in, float32 comes out", earns=1.5)
def always_float32():
    return function(join=lambda words, next_: (words + next_).float())


@wrong("through which no gradient flows", earns=0)
def a_python_number():
    return function(join=lambda words, next_: (words + next_).item())


@wrong("your loss hangs on no logits", earns=0)
def detached():
    return function(join=lambda words, next_: (words + next_).detach())


@wrong("yours returned a tuple", earns=0)
def both_halves():
    return function(join=lambda words, next_: (words, next_))


@wrong("should have shape ()", earns=0)
def one_number_a_place():
    return function(lambda logits, truth: F.cross_entropy(logits, truth, reduction="none"))


@wrong("The loss is no whole number", earns=0)
def rounded():
    return function(join=lambda words, next_: (words + next_).round().long())


@wrong("yours returned a list", earns=0)
def a_list():
    return function(join=lambda words, next_: [words + next_])


@wrong("changed its argument `labels` in place", earns=0)
def labels_made_0_in_place():
    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        asked = labels != -100
        labels[~asked] = 0
        costs = F.cross_entropy(token_logits.transpose(1, 2), labels, reduction="none")
        return (costs * asked).sum() / asked.sum().clamp(min=1) + mean_cost(pair_logits, next_labels)

    return mlm_nsp_loss


@wrong("2.657 together", earns=0)
def constant():
    return lambda token_logits, pair_logits, labels, next_labels: token_logits.sum() * 0 + 1


@wrong("should have shape ()", earns=0)
def identity():
    return lambda token_logits, pair_logits, labels, next_labels: token_logits


@wrong("Random token logits", earns=0)
def hard_coded_examples():
    """Right on logits (2, 3, 4), as in the visible check, and without the pairs elsewhere."""

    def mlm_nsp_loss(token_logits, pair_logits, labels, next_labels):
        known = tuple(token_logits.shape) == (2, 3, 4)
        return function(join=lambda words, next_: words + known * next_)(
            token_logits, pair_logits, labels, next_labels
        )

    return mlm_nsp_loss
