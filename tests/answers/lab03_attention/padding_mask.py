import torch

from tests.answers import right, wrong


def shaped(shape, mark=lambda ids, pad: ids != pad):
    """The exercise's function: what `mark` makes of the ids, in the shape that `shape` gives it."""

    def padding_mask(ids, pad=0):
        return shape(mark(ids, pad))

    return padding_mask


def broadcastable(mask):
    return mask[:, None, None, :]


@right
def two_new_axes_with_prints():
    def padding_mask(ids, pad=0):
        real = ids.ne(pad)
        print("real tokens:", real.sum(1))
        return real.unsqueeze(1).unsqueeze(2)

    return padding_mask


@right
def where_and_reshape():
    def padding_mask(ids, pad=0):
        zero, one = torch.zeros_like(ids), torch.ones_like(ids)
        real = torch.where(ids == pad, zero, one)
        return real.reshape(ids.shape[0], 1, 1, ids.shape[1]) > 0

    return padding_mask


@right
def token_by_token():
    def padding_mask(ids, pad=0):
        import warnings

        warnings.warn("token by token", stacklevel=1)
        batch, time = ids.shape
        mask = torch.ones(batch, 1, 1, time, dtype=torch.bool)
        for b in range(batch):
            for t in range(time):
                if ids[b, t].item() == pad:
                    mask[b, 0, 0, t] = False
        return mask

    return padding_mask


@right
def by_way_of_numpy():
    def padding_mask(token_ids, pad=0):
        import numpy as np

        real = np.not_equal(token_ids.numpy(), pad)
        return torch.from_numpy(np.expand_dims(real, (1, 2)))

    return padding_mask


@right
def an_expanded_view():
    return shaped(lambda real: torch.einsum("bt->bt", real.float()).bool().view(len(real), 1, 1, -1))


@wrong("It has no axes for heads and queries: put two of size 1 in the middle", earns=0)
def no_new_axes():
    return shaped(lambda real: real)


@wrong("With heads it would meet the wrong axis", earns=0)
def one_new_axis():
    return shaped(lambda real: real[:, None])


@wrong("You hide *queries*: the last axis is that of the keys", earns=0)
def hides_queries():
    return shaped(lambda real: real[:, None, :, None])


@wrong("It is the same for all queries, so one row is enough", earns=0)
def a_row_for_every_query():
    return shaped(lambda real: broadcastable(real).expand(-1, -1, real.shape[1], -1))


@wrong("The last axis is that of the keys", earns=0)
def new_axes_behind():
    return shaped(lambda real: real[..., None, None])


@wrong("the mask should have shape (2, 1, 1, 4); yours has (1, 1, 2, 4)", earns=0)
def new_axes_in_front():
    return shaped(lambda real: real[None, None])


@wrong("Your mask is inverted: True = may attend", earns=0)
def true_means_padding():
    """As the `key_padding_mask` of `nn.MultiheadAttention`."""
    return shaped(broadcastable, lambda ids, pad: ids == pad)


@wrong("the id that is hidden is `pad`", earns=0)
def pad_is_always_zero():
    return shaped(broadcastable, lambda ids, pad: ids != 0)


@wrong("which is a real token: its id is not `pad`", earns=0)
def larger_than_pad():
    return shaped(broadcastable, lambda ids, pad: ids > pad)


@wrong("You count the real tokens and hide what is behind so many", earns=0)
def counts_and_assumes_padding_at_the_end():
    def mark(ids, pad):
        return torch.arange(ids.shape[1]) < (ids != pad).sum(1, keepdim=True)

    return shaped(broadcastable, mark)


@wrong("which is padding (texts of padding alone)", earns=1.5)
def a_text_of_padding_alone_is_seen():
    """So that no softmax is over nothing."""

    def mark(ids, pad):
        real = ids != pad
        return real | ~real.any(1, keepdim=True)

    return shaped(broadcastable, mark)


@wrong("A mask is boolean, True = may attend; yours is of type torch.float32", earns=0)
def ones_and_zeros():
    return shaped(broadcastable, lambda ids, pad: (ids != pad).float())


@wrong("Zeros and minus infinity are the form that is added to scores", earns=0)
def to_be_added():
    return shaped(broadcastable, lambda ids, pad: torch.zeros(ids.shape).masked_fill(ids == pad, -torch.inf))


@wrong("changed its argument `ids` in place", earns=0)
def writes_into_the_ids():
    def padding_mask(ids, pad=0):
        ids[ids != pad] = 1
        ids[ids == pad] = 0
        return broadcastable(ids.bool())

    return padding_mask


@wrong("cannot be called as the statement says", earns=0)
def no_pad_in_the_signature():
    def padding_mask(ids):
        return broadcastable(ids != 0)

    return padding_mask


@wrong("should return a tensor; yours returned a list", earns=0)
def in_lists():
    return shaped(lambda real: [[[row]] for row in real.tolist()])


@wrong("yours is of type torch.float32", earns=1.5)
def a_tensor_of_lists():
    """Of what type is a tensor of empty lists?"""

    def mark(ids, pad):
        return torch.tensor([[token != pad for token in row] for row in ids.tolist()])

    return shaped(broadcastable, mark)


@wrong("calls `course.masks`", earns=0)
def takes_the_explorers():
    def padding_mask(ids, pad=0):
        from course import masks as drawn

        time = ids.shape[1]
        rows = [drawn.padding(int((row != pad).sum())).array(time)[0] for row in ids]
        return broadcastable(torch.tensor(rows))

    return padding_mask


@wrong("It has no axes for heads and queries", earns=0)
def identity():
    return shaped(lambda ids: ids, lambda ids, pad: ids)


@wrong("which is padding", earns=0)
def constant():
    return shaped(broadcastable, lambda ids, pad: torch.ones(ids.shape).bool())


@wrong("(ids (1, 4), pad=0)", earns=0)
def hard_coded_examples():
    known = {(2, 4): [[1, 1, 1, 0], [1, 0, 0, 0]], (1, 5): [[0, 0, 1, 1, 1]]}

    def mark(ids, pad):
        return torch.tensor(known.get(tuple(ids.shape), [[0] * ids.shape[1]] * len(ids))).bool()

    return shaped(broadcastable, mark)
