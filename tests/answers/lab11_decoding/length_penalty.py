import torch

from tests.answers import right, wrong


def counted(written, end):
    is_end = (written == end).long()
    return is_end.cumsum(1) - is_end == 0


def gathered(logits, written):
    return logits.log_softmax(-1).gather(-1, written[..., None])[..., 0]


def function(
    chosen=gathered,
    inside=counted,
    lengths=None,
    total=lambda chosen, inside: torch.where(inside, chosen, 0.0).sum(1),
    divided=lambda total, lengths, alpha: total / lengths**alpha,
):
    """The solution, in steps that an answer replaces by its mistake."""
    lengths = lengths or inside

    def length_penalty(logits, written, end, alpha):
        counts = inside(written, end)
        return divided(total(chosen(logits, written), counts), lengths(written, end).sum(1), alpha)

    return length_penalty


@right
def the_steps_of_this_file():
    return function()


@right
def text_by_text():
    def length_penalty(logits, written, end, alpha):
        scores = []
        for own, row in zip(logits.log_softmax(-1), written, strict=True):
            tokens = row.tolist()
            n = tokens.index(end) + 1 if end in tokens else len(tokens)
            scores.append(own[torch.arange(n), row[:n]].sum() / n**alpha)
        return torch.stack(scores)

    return length_penalty


@right
def cross_entropy():
    def length_penalty(logits, written, end, alpha):
        cost = torch.nn.functional.cross_entropy(logits.transpose(1, 2), written, reduction="none")
        inside = torch.cat(
            [torch.ones_like(written[:, :1]), (written == end).cumsum(1)[:, :-1].eq(0).long()], 1
        )
        return -cost.masked_fill(inside == 0, 0).sum(1) / inside.sum(1).pow(alpha)

    return length_penalty


@right
def a_length_for_each_text():
    def length_penalty(logits, written, end, alpha):
        places = torch.arange(written.shape[1])
        first = torch.where(written == end, places, written.shape[1] - 1).min(1).values
        chosen = gathered(logits, written)
        return chosen.masked_fill(places > first[:, None], 0).sum(1) / (first + 1.0) ** alpha

    return length_penalty


@wrong("padding, and counts neither in the sum nor in the length")
def everything():
    return function(inside=lambda written, end: torch.ones_like(written, dtype=torch.bool))


@wrong("it counts in your length")
def the_length_of_the_tensor():
    return function(lengths=lambda written, end: torch.ones_like(written))


@wrong("it counts in your sum")
def padding_in_the_sum():
    return function(total=lambda chosen, inside: chosen.sum(1))


@wrong("where a text is nothing but its `end`")
def without_the_end():
    return function(inside=lambda written, end: counted(written, end) & (written != end))


@wrong("The `end` counts in the length, too")
def the_end_is_no_token():
    return function(lengths=lambda written, end: counted(written, end) & (written != end))


@wrong("Only what stands up to the *first* `end` counts")
def all_that_are_no_ends():
    return function(inside=lambda written, end: written != end)


@wrong("Is `alpha` used?", earns=0)
def the_sum():
    return function(divided=lambda total, lengths, alpha: total)


@wrong("That is the mean", earns=0)
def the_mean():
    return function(divided=lambda total, lengths, alpha: total / lengths)


@wrong("The sum is *divided*", earns=0)
def multiplied():
    return function(divided=lambda total, lengths, alpha: total * lengths**alpha)


@wrong("raised to the power of `alpha`, and not multiplied", earns=0)
def length_times_alpha():
    return function(divided=lambda total, lengths, alpha: total / (lengths * alpha) if alpha else total)


@wrong("the formula of Wu et al. with the 5 in it", earns=0)
def with_the_five():
    return function(divided=lambda total, lengths, alpha: total / ((5 + lengths) / 6) ** alpha)


@wrong("The sign is turned round", earns=0)
def the_cost():
    return function(divided=lambda total, lengths, alpha: -total / lengths**alpha)


@wrong("That is a probability", earns=0)
def the_probability():
    return function(divided=lambda total, lengths, alpha: (total / lengths**alpha).exp())


@wrong("Those are logits as they are", earns=0)
def logits_as_they_are():
    return function(chosen=lambda logits, written: logits.gather(-1, written[..., None])[..., 0])


@wrong("Those are probabilities", earns=0)
def probabilities():
    return function(chosen=lambda logits, written: logits.softmax(-1).gather(-1, written[..., None])[..., 0])


@wrong("the last axis", earns=0)
def softmax_over_time():
    return function(
        chosen=lambda logits, written: logits.log_softmax(1).gather(-1, written[..., None])[..., 0]
    )


@wrong("Each text has a score of its own", earns=0)
def one_number():
    return function(divided=lambda total, lengths, alpha: (total / lengths**alpha).sum())


@wrong("nan comes out")
def times_nothing():
    return function(total=lambda chosen, inside: (chosen * inside).sum(1))


@wrong("That is in bits", earns=0)
def bits():
    return function(divided=lambda total, lengths, alpha: total / lengths**alpha / 0.6931471805599453)


@wrong("Each text has a score of its own", earns=0)
def the_mean_over_texts():
    return function(divided=lambda total, lengths, alpha: (total / lengths**alpha).mean())


@wrong("float (batch,) is asked for", earns=0)
def a_list():
    return function(divided=lambda total, lengths, alpha: (total / lengths**alpha).tolist())


@wrong("should have shape (3,)", earns=0)
def a_column():
    return function(divided=lambda total, lengths, alpha: (total / lengths**alpha)[:, None])


@wrong("float (batch,) is asked for", earns=0)
def identity():
    return lambda logits, written, end, alpha: written


@wrong("the scores are", earns=0)
def constant():
    return lambda logits, written, end, alpha: torch.zeros(len(written))


@wrong("the scores are", earns=0)
def hard_coded_examples():
    return lambda logits, written, end, alpha: torch.tensor([-4.1589, -3.4657, -5.5452])[: len(written)]
