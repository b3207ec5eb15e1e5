import math

import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def softer(x, penalty):
    return torch.where(x > 0, x / penalty, x * penalty)


def function(
    change=softer,
    read=lambda ids: ids,
    seen=lambda logits, ids: torch.zeros_like(logits, dtype=torch.bool).scatter(1, ids, True),
    other=lambda logits: logits,
    values=lambda logits: logits,
    give=lambda changed: changed,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def repetition_penalty(logits, ids, penalty):
        x = values(logits)
        return give(torch.where(seen(x, read(ids)), change(x, penalty), other(x)))

    return repetition_penalty


def counts(logits, ids):
    return torch.zeros_like(logits).scatter_add(1, ids, torch.ones_like(ids).to(logits))


def counted(change):
    """An answer in which it counts how often a token was read. change: (logits, how often, penalty) -> logits."""
    return lambda logits, ids, penalty: change(logits, counts(logits, ids), penalty)


@right
def the_steps_of_this_file():
    return function()


@right
def gather_and_scatter():
    """As the library's RepetitionPenaltyLogitsProcessor."""

    def repetition_penalty(logits, ids, penalty):
        score = torch.gather(logits, 1, ids)
        score = torch.where(score < 0, score * penalty, score / penalty)
        return logits.scatter(1, ids, score)

    return repetition_penalty


@right
def token_by_token():
    def repetition_penalty(logits, ids, penalty):
        changed = logits.clone()
        for row, text in zip(changed, ids.tolist(), strict=True):
            for token in set(text):
                row[token] = row[token] / penalty if row[token] > 0 else row[token] * penalty
        return changed

    return repetition_penalty


@right
def one_hot():
    def repetition_penalty(logits, ids, penalty):
        seen = F.one_hot(ids, logits.shape[-1]).sum(1) > 0
        changed = F.relu(logits) / penalty - F.relu(-logits) * penalty
        return logits.masked_fill(seen, 0) + changed.masked_fill(~seen, 0)

    return repetition_penalty


@right
def in_two_masks():
    def repetition_penalty(logits, ids, penalty):
        seen = (ids[:, :, None] == torch.arange(logits.shape[1])).any(1)
        out = logits.clone()
        out[seen & (logits > 0)] /= penalty
        out[seen & (logits < 0)] *= penalty
        return out

    return repetition_penalty


@right
def a_factor_for_each():
    def repetition_penalty(logits, ids, penalty):
        power = torch.bincount(
            (ids + logits.shape[1] * torch.arange(len(ids))[:, None]).flatten(), minlength=logits.numel()
        ).clamp(max=1)
        return logits * penalty ** (power.view_as(logits) * -logits.sign())

    return repetition_penalty


@right
def indexed():
    def repetition_penalty(logits, ids, penalty):
        changed, rows = logits.clone(), torch.arange(len(ids))[:, None]
        changed[rows, ids] = softer(logits, penalty)[rows, ids]
        return changed

    return repetition_penalty


@wrong("divided by the penalty, *rises*", earns=0)
def always_divided():
    return function(change=lambda x, penalty: x / penalty)


@wrong("multiplied by the penalty, rises", earns=0)
def always_multiplied():
    return function(change=lambda x, penalty: x * penalty)


@wrong("*more* likely", earns=0)
def turned_round():
    return function(change=lambda x, penalty: torch.where(x > 0, x * penalty, x / penalty))


@wrong("*more* likely", earns=0)
def less_than_zero_for_more():
    return function(change=lambda x, penalty: torch.where(x < 0, x / penalty, x * penalty))


@wrong("A negative logit is *multiplied*, and with you it stays", earns=0)
def only_the_positive():
    return function(change=lambda x, penalty: torch.where(x > 0, x / penalty, x))


@wrong("A positive logit is *divided*, and with you it stays", earns=0)
def only_the_negative():
    return function(change=lambda x, penalty: torch.where(x < 0, x * penalty, x))


@wrong("once for each time", earns=1.5)
def once_for_each_time():
    def repetition_penalty(logits, ids, penalty):
        changed = logits.clone()
        for row, text in zip(changed, ids, strict=True):
            for token in text:
                row[token] = softer(row[token], penalty)
        return changed

    return repetition_penalty


@wrong("once for each time", earns=1.5)
def times_the_count():
    def change(x, n, penalty):
        return torch.where(n > 0, softer(x, penalty * n.clamp(min=1)), x)

    return counted(change)


@wrong("Once is enough", earns=0)
def only_what_comes_twice():
    return counted(lambda x, n, penalty: torch.where(n > 1, softer(x, penalty), x))


@wrong("What was read several times is made less likely, too", earns=1.5)
def only_what_comes_once():
    return counted(lambda x, n, penalty: torch.where(n == 1, softer(x, penalty), x))


@wrong("The penalty is a factor, and is not taken off", earns=0)
def taken_off():
    return function(change=lambda x, penalty: x - penalty)


@wrong("The penalty is a factor, and is not taken off", earns=0)
def taken_off_each_time():
    return counted(lambda x, n, penalty: x - penalty * n)


@wrong("divides the *logit*, and not the probability", earns=0)
def the_probability_divided():
    return function(change=lambda x, penalty: x - math.log(penalty))


@wrong("Only tokens that were read", earns=0)
def all_tokens():
    return lambda logits, ids, penalty: softer(logits, penalty)


@wrong("tokens that were *not* read", earns=0)
def what_was_not_read():
    return function(seen=lambda x, ids: torch.ones_like(x, dtype=torch.bool).scatter(1, ids, False))


@wrong("and not the last token alone", earns=0)
def the_last_token():
    return function(read=lambda ids: ids[:, -1:])


@wrong("the last token too", earns=0)
def all_but_the_last():
    return function(read=lambda ids: ids[:, :-1])


@wrong("0 is a token like any other", earns=0)
def zero_as_padding():
    def seen(x, ids):
        return ((ids[:, :, None] == torch.arange(x.shape[1])) & (ids != 0)[:, :, None]).any(1)

    return function(seen=seen)


@wrong("what another row has read does not count", earns=0)
def what_any_row_has_read():
    def repetition_penalty(logits, ids, penalty):
        changed = logits.clone()
        changed[:, ids.flatten()] = softer(logits[:, ids.flatten()], penalty)
        return changed

    return repetition_penalty


@wrong("with you all have that of the first", earns=0)
def what_the_first_has_read():
    return function(read=lambda ids: ids[:1].expand(len(ids), -1))


@wrong("and not impossible", earns=0)
def forbidden():
    return function(change=lambda x, penalty: torch.full_like(x, -math.inf))


@wrong("with you its logit is 0", earns=0)
def zeros():
    return function(change=lambda x, penalty: torch.zeros_like(x))


@wrong("What was not read keeps its logit; with you it is 0", earns=0)
def zeros_where_nothing_was_read():
    return function(other=torch.zeros_like)


@wrong("with you it is minus infinity", earns=0)
def nothing_but_what_was_read():
    return function(other=lambda x: torch.full_like(x, -math.inf))


@wrong("A negative logit stays negative", earns=0)
def without_the_sign():
    return function(change=lambda x, penalty: x.abs() / penalty)


@wrong("A negative logit stays negative", earns=0)
def multiplied_without_the_sign():
    return function(change=lambda x, penalty: torch.where(x > 0, x / penalty, -x * penalty))


@wrong("of the whole vocabulary", earns=0)
def what_was_read_alone():
    return lambda logits, ids, penalty: softer(logits.gather(1, ids), penalty)


@wrong("Those are probabilities", earns=0)
def probabilities():
    return function(give=lambda changed: changed.softmax(-1))


@wrong("Those are probabilities", earns=0)
def probabilities_divided():
    return function(values=lambda logits: logits.softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def logarithms():
    return function(give=lambda changed: changed.log_softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def logarithms_multiplied():
    return function(values=lambda logits: logits.log_softmax(-1))


@wrong("changed its argument `logits` in place", earns=0)
def in_place():
    def repetition_penalty(logits, ids, penalty):
        return logits.scatter_(1, ids, softer(logits.gather(1, ids), penalty))

    return repetition_penalty


@wrong("nan comes out", earns=1.5)
def times_a_mask():
    def repetition_penalty(logits, ids, penalty):
        seen = (counts(logits, ids) > 0).to(logits)
        return logits + seen * (softer(logits, penalty) - logits)

    return repetition_penalty


@wrong("Nothing was read", earns=1.5)
def something_must_have_been_read():
    def repetition_penalty(logits, ids, penalty):
        if int(ids.max()) >= logits.shape[1]:
            raise ValueError("not in the vocabulary")
        return function()(logits, ids, penalty)

    return repetition_penalty


@wrong("come out as float32", earns=1.5)
def always_float32():
    return function(values=lambda logits: logits.float())


@wrong("logits are asked for, a tensor of floats", earns=0)
def a_list():
    return function(give=lambda changed: changed.tolist())


@wrong("should have shape", earns=0)
def the_first_row():
    return function(give=lambda changed: changed[0])


@wrong("Nothing is changed", earns=0)
def identity():
    return lambda logits, ids, penalty: logits


@wrong("each with a positive and a negative one", earns=0)
def constant():
    return lambda logits, ids, penalty: torch.zeros_like(logits)


@wrong("Other texts, and another penalty", earns=0)
def hard_coded_examples():
    return lambda logits, ids, penalty: torch.tensor(
        [[2.0, -2.0, 0.5, 1.5, -2.0], [1.0, 1.0, -6.0, 0.5, 1.0]]
    )
