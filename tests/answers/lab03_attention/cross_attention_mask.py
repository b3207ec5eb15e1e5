import torch

from tests.answers import right, wrong


def with_masks(rule, turn=lambda mask: mask):
    """The exercise's function, with a rule of what is real: (target, source), bool (batch, 1, time, 1) and (batch, 1, 1, time)."""

    def cross_attention_mask(target, source, pad=0):
        return turn(rule((target != pad)[:, None, :, None], (source != pad)[:, None, None]))

    return cross_attention_mask


def truth(target, source):
    return source.expand(-1, -1, target.shape[2], -1)


@right
def repeated_with_prints():
    def cross_attention_mask(target, source, pad=0):
        real = source.ne(pad).unsqueeze(1)
        mask = real.repeat(1, target.size(1), 1).unsqueeze(1)
        print(mask)
        return mask

    return cross_attention_mask


@right
def and_with_a_column_of_true():
    def cross_attention_mask(target, source, pad=0):
        rows = torch.ones_like(target, dtype=torch.bool)
        return rows[:, None, :, None] & (source != pad)[:, None, None, :]

    return cross_attention_mask


@right
def einsum_of_floats():
    def cross_attention_mask(target, source, pad=0):
        everyone, real = torch.ones(target.shape), torch.where(source == pad, 0.0, 1.0)
        return torch.einsum("bq,bk->bqk", everyone, real).bool()[:, None]

    return cross_attention_mask


@right
def text_by_text():
    def cross_attention_mask(target, source, pad=0):
        import warnings

        warnings.warn("text by text", stacklevel=1)
        rows = [
            [[token != pad for token in text] for _ in range(target.shape[1])] for text in source.tolist()
        ]
        return torch.tensor(rows).reshape(len(source), 1, target.shape[1], source.shape[1])

    return cross_attention_mask


@wrong("Rows are the target's queries, columns the source's keys; yours is the transpose", earns=0)
def transposed():
    return with_masks(truth, lambda mask: mask.transpose(-2, -1))


@wrong("An axis of size 1 for the heads is missing", earns=0)
def no_axis_for_the_heads():
    return with_masks(truth, lambda mask: mask[:, 0])


@wrong("Give a row to each query of the target", earns=0)
def a_single_row():
    return with_masks(lambda target, source: source)


@wrong("The keys are the *source's*", earns=0)
def padding_of_the_target():
    return with_masks(lambda target, source: truth(target, target.mT))


@wrong("The queries are the *target's*", earns=0)
def a_square_of_the_source():
    return with_masks(lambda target, source: truth(source.mT, source))


@wrong("The rows of the target's padding are as all others", earns=0)
def rows_of_padding_are_empty():
    return with_masks(lambda target, source: target & source)


@wrong("You hide the target's padding; the keys are the source's", earns=0)
def hides_the_targets_padding():
    return with_masks(lambda target, source: target.expand(-1, -1, -1, source.shape[-1]))


@wrong("The source's padding is seen", earns=0)
def everything():
    return with_masks(lambda target, source: truth(target, source) | True)


@wrong("A cross mask is not causal", earns=0)
def causal_as_well():
    return with_masks(lambda target, source: truth(target, source).tril())


@wrong("Your mask is inverted: True = may attend", earns=0)
def true_means_padding():
    return with_masks(lambda target, source: ~truth(target, source))


@wrong("whose id is `pad` (pad=1)", earns=0)
def pad_is_always_zero():
    def cross_attention_mask(target, source, pad=0):
        return with_masks(truth)(target, source)

    return cross_attention_mask


@wrong("whose id is not `pad` (pad=1)", earns=0)
def larger_than_pad():
    def cross_attention_mask(target, source, pad=0):
        return with_masks(truth)(target, (source > pad).long())

    return cross_attention_mask


@wrong("A mask is boolean, True = may attend; yours is of type torch.float32", earns=0)
def ones_and_zeros():
    return with_masks(truth, torch.Tensor.float)


@wrong("Zeros and minus infinity are the form that is added to scores", earns=0)
def to_be_added():
    return with_masks(truth, lambda mask: torch.zeros(mask.shape).masked_fill(~mask, -torch.inf))


@wrong("should return a tensor; yours returned a numpy array", earns=0)
def in_numpy():
    return with_masks(truth, torch.Tensor.numpy)


@wrong("Two shapes do not broadcast", earns=0)
def compares_target_and_source():
    def cross_attention_mask(target, source, pad=0):
        return ((target != pad) & (source != pad))[:, None]

    return cross_attention_mask


@wrong("should have shape (2, 1, 3, 4); yours has (1, 2, 3, 4)", earns=0)
def the_batch_behind_the_heads():
    return with_masks(truth, lambda mask: mask.transpose(0, 1))


@wrong("calls `course.masks`", earns=0)
def takes_the_explorers():
    def cross_attention_mask(target, source, pad=0):
        import course.masks as m

        queries, keys = target.shape[1], source.shape[1]
        drawn = torch.from_numpy(m.encoder_decoder(keys).array(keys + queries))
        return with_masks(truth)(target, source, pad) & drawn[keys:, :keys]

    return cross_attention_mask


@wrong("yours has (2, 4)", earns=0)
def identity():
    def cross_attention_mask(target, source, pad=0):
        return source

    return cross_attention_mask


@wrong("The source's padding is seen", earns=0)
def constant():
    def cross_attention_mask(target, source, pad=0):
        return torch.ones(len(target), 1, target.shape[1], source.shape[1]).bool()

    return cross_attention_mask


@wrong("(target (1, 3), source (1, 5), pad=0)", earns=0)
def hard_coded_examples():
    known = {(2, 4): [[1, 1, 1, 0], [1, 0, 0, 0]], (1, 3): [[0, 1, 1]]}

    def cross_attention_mask(target, source, pad=0):
        real = torch.tensor(known.get(tuple(source.shape), [[0] * source.shape[1]] * len(source))).bool()
        return real[:, None, None].expand(-1, -1, target.shape[1], -1)

    return cross_attention_mask
