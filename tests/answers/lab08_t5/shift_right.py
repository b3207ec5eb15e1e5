import numpy as np
import torch
from torch.nn import functional as F

from tests.answers import right, wrong

NONE = -100


def late(labels, start):
    """One place later, with `start` in front."""
    return torch.cat([torch.full_like(labels[:, :1], start), labels[:, :-1]], 1)


def filled(read, start, pad):
    return read.masked_fill(read == NONE, pad)


def function(late=late, filled=filled):
    """The solution, in steps that an answer replaces by its mistake."""

    def shift_right(labels, start=0, pad=0):
        return filled(late(labels, start), start, pad)

    return shift_right


@right
def the_parts_of_this_file():
    return function()


@right
def a_new_tensor_that_is_filled():
    def shift_right(labels, start=0, pad=0):
        import warnings

        print(labels)
        warnings.warn("late", stacklevel=1)
        shifted = torch.full_like(labels, start)
        shifted[:, 1:] = labels[:, :-1]
        return shifted.masked_fill(shifted == NONE, pad)

    return shift_right


@right
def row_by_row():
    def shift_right(labels, start=0, pad=0):
        rows = [[start, *(pad if label == NONE else label for label in row[:-1])] for row in labels.tolist()]
        return torch.tensor(rows)

    return shift_right


@right
def through_numpy():
    def shift_right(labels, start=0, pad=0):
        array = np.roll(labels.numpy(), 1, axis=1)
        array[array == NONE] = pad
        array[:, 0] = start
        return torch.from_numpy(array)

    return shift_right


@right
def padded_and_cut():
    def shift_right(labels, start=0, pad=0):
        return F.pad(torch.where(labels == NONE, pad, labels), (1, -1), value=start)

    return shift_right


@right
def rolled_and_written_over():
    def shift_right(labels, start=0, pad=0):
        read = labels.clone().roll(1, dims=-1)
        read[..., 0] = start
        read[read.eq(NONE)] = pad
        return read.contiguous()

    return shift_right


@right
def by_their_places():
    def shift_right(labels, start=0, pad=0):
        place = torch.arange(labels.shape[1]) - 1
        found = labels[:, place.clamp(min=0)]
        return torch.where(place < 0, start, torch.where(found == NONE, pad, found))

    return shift_right


@wrong("shift_right changed its argument `labels` in place", earns=0)
def in_place():
    def shift_right(labels, start=0, pad=0):
        labels[:, 1:] = labels[:, :-1].clone()
        labels[:, 0] = start
        return labels.masked_fill(labels == NONE, pad)

    return shift_right


@wrong("shift_right changed its argument `labels` in place", earns=0.5)
def padding_written_into_the_labels():
    def shift_right(labels, start=0, pad=0):
        labels[labels == NONE] = pad
        return late(labels, start)

    return shift_right


@wrong("−100 is left in what the decoder reads", earns=0.5)
def no_padding():
    return function(filled=lambda read, start, pad: read)


@wrong("Where a label was −100 you read `start`", earns=0.5)
def start_in_place_of_padding():
    return function(filled=lambda read, start, pad: read.masked_fill(read == NONE, start))


@wrong("Where a label was −100 you read 0: is `pad` used?", earns=0.5)
def always_0_as_padding():
    return function(filled=lambda read, start, pad: read.masked_fill(read == NONE, 0))


@wrong("A label of 0 is a label like any other", earns=0)
def zeros_become_padding():
    return function(filled=lambda read, start, pad: read.masked_fill(read <= 0, pad))


@wrong("In front stands 0: is `start` used?", earns=0)
def always_0_in_front():
    return function(lambda labels, start: late(labels, 0))


@wrong("In front stands `pad`", earns=0)
def padding_in_front():
    def shift_right(labels, start=0, pad=0):
        return filled(late(labels, pad), start, pad)

    return shift_right


@wrong("In front stands `pad`", earns=0)
def start_and_padding_exchanged():
    return lambda labels, start=0, pad=0: function()(labels, pad, start)


@wrong("In front stands −100, which is no id", earns=0)
def nothing_in_front():
    return function(lambda labels, start: late(filled(labels, 0, 5), NONE), lambda read, start, pad: read)


@wrong("The last label comes round to the front", earns=0)
def rolled():
    return function(lambda labels, start: labels.roll(1, 1))


@wrong("You move to the left", earns=0)
def rolled_to_the_left():
    return function(lambda labels, start: labels.roll(-1, 1))


@wrong("You move to the left", earns=0)
def to_the_left():
    return function(lambda labels, start: torch.cat([labels[:, 1:], torch.full_like(labels[:, :1], start)], 1))  # fmt: skip


@wrong("You move to the left", earns=0)
def to_the_left_with_padding():
    def shift_right(labels, start=0, pad=0):
        return filled(F.pad(labels[:, 1:], (0, 1), value=pad), start, pad)

    return shift_right


@wrong("The last label is never read", earns=0)
def one_column_more():
    return function(lambda labels, start: F.pad(labels, (1, 0), value=start))


@wrong("Is `start` missing?", earns=0)
def no_start():
    return function(lambda labels, start: labels[:, :-1])


@wrong("The first label stands twice", earns=0)
def the_first_label_twice():
    return function(lambda labels, start: torch.cat([labels[:, :1], labels[:, :-1]], 1))


@wrong("The first label is written over", earns=0)
def start_written_over_the_first():
    return function(lambda labels, start: torch.cat([torch.full_like(labels[:, :1], start), labels[:, 1:]], 1))  # fmt: skip


@wrong("You move the rows, along the batch", earns=0)
def along_the_batch():
    return function(lambda labels, start: torch.cat([torch.full_like(labels[:1], start), labels[:-1]]))


@wrong("Is `start` a row above?", earns=0)
def a_row_above():
    return function(lambda labels, start: torch.cat([torch.full_like(labels[:1], start), labels]))


@wrong("Only the first row is moved", earns=0)
def the_first_row_alone():
    return function(lambda labels, start: torch.cat([late(labels, start)[:1], labels[1:]]))


@wrong("Is that one row alone?", earns=0)
def one_row_comes_back():
    return function(lambda labels, start: late(labels, start)[0])


@wrong("With int64 in, int32 comes out", earns=0)
def small_ids():
    return function(filled=lambda *given: filled(*given).int())


@wrong("With int64 in, float32 comes out", earns=0)
def ids_as_floats():
    def late(labels, start):
        return torch.cat([torch.full((len(labels), 1), float(start)), labels[:, :-1]], 1)

    return function(late)


@wrong("do they go through floats?", earns=0)
def through_floats():
    """Ids above 2 ** 24 lose their last digits."""
    return function(lambda labels, start: late(labels, start).float().long())


@wrong("shift_right should return a tensor; yours returned a list", earns=0)
def a_list():
    return function(filled=lambda *given: filled(*given).tolist())


@wrong("shift_right should return a tensor; yours returned a numpy array", earns=0)
def an_array():
    return function(filled=lambda *given: filled(*given).numpy())


@wrong("shift_right returned None", earns=0)
def nothing_returned():
    def shift_right(labels, start=0, pad=0):
        function()(labels, start, pad)

    return shift_right


@wrong("shift_right cannot be called as the statement says", earns=0)
def no_padding_asked_for():
    return lambda labels, start=0: late(labels, start)


@wrong("`transformers`", earns=0)
def the_library():
    def shift_right(labels, start=0, pad=0):
        from transformers.models.bart.modeling_bart import shift_tokens_right

        return shift_tokens_right(labels, pad, start)

    return shift_right


@wrong("shift_right is not written yet", earns=0)
def unwritten():
    def shift_right(labels, start=0, pad=0):
        raise NotImplementedError("shift_right")

    return shift_right


@wrong("Nothing was moved", earns=0)
def identity():
    return lambda labels, start=0, pad=0: labels


@wrong("All of it is 0", earns=0)
def constant():
    return lambda labels, start=0, pad=0: torch.zeros_like(labels)


@wrong("which is wrong. Nothing was moved", earns=0)
def hard_coded_examples():
    """Right on the visible labels, and these themselves elsewhere."""

    def shift_right(labels, start=0, pad=0):
        if (start, pad) in ((7, 5), (0, 0)) and labels.max() < 32:
            known = labels[0, 0].item() in (11, 5, NONE)
            return function()(labels, start, pad) if known else labels
        return labels

    return shift_right
