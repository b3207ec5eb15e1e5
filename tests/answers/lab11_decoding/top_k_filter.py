import math

import numpy
import torch
from torch.nn import functional as F

from tests.answers import right, wrong


def sorted_down(logits):
    return logits.sort(dim=-1, descending=True, stable=True)


def function(
    order=lambda logits: sorted_down(logits).indices,
    count=lambda k, logits: k,
    fill=-math.inf,
    give=lambda kept: kept,
    values=lambda logits: logits,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def top_k_filter(logits, k):
        return give(values(logits).scatter(-1, order(logits)[..., count(k, logits) :], fill))

    return top_k_filter


def compared(keep):
    """An answer that compares with numbers of the sorted row. keep: (logits, sorted row, k) -> what is left."""

    def top_k_filter(logits, k):
        return logits.masked_fill(~keep(logits, sorted_down(logits).values, k), -math.inf)

    return top_k_filter


@right
def the_steps_of_this_file():
    return function()


@right
def row_by_row():
    def top_k_filter(logits, k):
        kept = []
        for row in logits.reshape(-1, logits.shape[-1]).tolist():
            best = set(sorted(range(len(row)), key=lambda i: -row[i])[:k])
            kept.append([x if i in best else -math.inf for i, x in enumerate(row)])
        return torch.tensor(kept, dtype=logits.dtype).view(logits.shape)

    return top_k_filter


@right
def ranks():
    def top_k_filter(logits, k):
        rank = torch.argsort(torch.argsort(-logits, dim=-1, stable=True), dim=-1)
        return torch.where(rank < k, logits, torch.full_like(logits, -math.inf))

    return top_k_filter


@right
def a_mask_of_ones():
    def top_k_filter(logits, k):
        best = torch.sort(logits, dim=-1, descending=True, stable=True)[1][..., :k]
        return logits.masked_fill(F.one_hot(best, logits.size(-1)).sum(-2) == 0, float("-inf"))

    return top_k_filter


@right
def the_largest_again_and_again():
    def top_k_filter(logits, k):
        left, kept = logits.clone(), torch.full_like(logits, -math.inf)
        for _ in range(min(k, logits.shape[-1])):
            best = left.argmax(-1, keepdim=True)
            kept.scatter_(-1, best, logits.gather(-1, best))
            left.scatter_(-1, best, -math.inf)
        return kept

    return top_k_filter


@right
def topk_and_the_first_of_equals():
    def top_k_filter(logits, k):
        k = min(k, logits.shape[-1])
        kth = logits.topk(k).values[..., -1:]
        above, equal = logits > kth, logits == kth
        room = k - above.sum(-1, keepdim=True)
        return logits.where(above | equal & (equal.cumsum(-1) <= room), -math.inf)

    return top_k_filter


@right
def numpy_like():
    def top_k_filter(logits, k):
        x = logits.numpy()
        kept = numpy.full_like(x, -numpy.inf)
        best = numpy.argsort(-x, axis=-1, kind="stable")[..., :k]
        numpy.put_along_axis(kept, best, numpy.take_along_axis(x, best, -1), -1)
        return torch.from_numpy(kept)

    return top_k_filter


@right
def how_many_are_better():
    def top_k_filter(logits, k):
        one, other = logits[..., :, None], logits[..., None, :]
        earlier = torch.ones(logits.shape[-1], logits.shape[-1]).tril(-1).bool()
        better = (other > one) | (other == one) & earlier
        return logits + torch.zeros_like(logits).masked_fill(better.sum(-1) >= k, -math.inf)

    return top_k_filter


@wrong("Where several are equal to the k-th, all of them are left", earns=1.25)
def all_that_are_equal():
    return compared(lambda x, down, k: x >= down[..., min(k, x.shape[-1]) - 1, None])


@wrong("Where several are equal to the k-th, all of them are left", earns=0.75)
def as_the_library_without_its_limit():
    def top_k_filter(logits, k):
        return logits.masked_fill(logits < torch.topk(logits, k)[0][..., -1, None], -math.inf)

    return top_k_filter


@wrong("k above the vocabulary", earns=1.5)
def a_k_above_the_vocabulary_is_out_of_range():
    def top_k_filter(logits, k):
        if k > logits.shape[-1]:
            raise IndexError("index k is out of range")
        return function()(logits, k)

    return top_k_filter


@wrong("The k-th itself is cut", earns=0)
def above_the_kth():
    return compared(lambda x, down, k: x > down[..., min(k, x.shape[-1]) - 1, None])


@wrong("What is equal to the first that is cut", earns=1.25)
def above_the_first_that_is_cut():
    def keep(x, down, k):
        return x > down[..., k, None] if k < x.shape[-1] else torch.ones_like(x, dtype=torch.bool)

    return compared(keep)


@wrong("the k largest *different* numbers", earns=0.75)
def different_numbers():
    def top_k_filter(logits, k):
        kept = torch.full_like(logits, -math.inf)
        rows = zip(logits.view(-1, logits.shape[-1]), kept.view(-1, logits.shape[-1]), strict=True)
        for row, own in rows:
            best = row.unique().flip(0)[:k]
            own[torch.isin(row, best)] = row[torch.isin(row, best)]
        return kept

    return top_k_filter


@wrong("those with the *smaller* ids", earns=1.25)
def of_equals_the_later():
    return function(
        order=lambda logits: logits.shape[-1] - 1 - sorted_down(logits.flip(-1)).indices,
    )


@wrong("those with the *smaller* ids", earns=1.25)
def sorted_up_from_the_end():
    return function(order=lambda logits: logits.sort(dim=-1, stable=True).indices.flip(-1))


@wrong("One too many", earns=0)
def one_more():
    return function(count=lambda k, logits: k + 1)


@wrong("One too few", earns=0)
def one_less():
    return function(count=lambda k, logits: k - 1)


@wrong("With k of at least the vocabulary nothing changes", earns=1.5)
def never_all_of_them():
    return function(count=lambda k, logits: min(k, logits.shape[-1] - 1))


@wrong("all are left, and with you none", earns=1.5)
def none_of_too_few():
    return function(count=lambda k, logits: k if k <= logits.shape[-1] else 0)


@wrong("Those are the k *smallest*", earns=0)
def the_smallest():
    return function(order=lambda logits: logits.sort(dim=-1, stable=True).indices)


@wrong("0 is not nothing", earns=0)
def zeros():
    return function(fill=0.0)


@wrong("A large negative number", earns=0)
def minus_a_billion():
    return function(fill=-1e9)


@wrong("A large negative number", earns=0)
def the_least_float():
    return function(fill=torch.finfo(torch.float32).min)


@wrong("A large negative number", earns=0)
def minus_a_hundred():
    return function(fill=-100.0)


@wrong("What is minus infinity already stays so", earns=1.5)
def infinity_made_finite():
    return function(values=torch.nan_to_num)


@wrong("What is cut is *minus* infinity", earns=0)
def plus_infinity():
    return function(fill=math.inf)


@wrong("Those are probabilities", earns=0)
def probabilities():
    return function(give=lambda kept: kept.softmax(-1))


@wrong("Those are probabilities", earns=0)
def probabilities_that_are_cut():
    return function(values=lambda logits: logits.softmax(-1), fill=0.0)


@wrong("Those are logarithms of probabilities", earns=0)
def logarithms():
    return function(give=lambda kept: kept.log_softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def logarithms_before_the_cut():
    return function(values=lambda logits: logits.log_softmax(-1))


@wrong("Those are sorted", earns=0)
def sorted_ones():
    return lambda logits, k: sorted_down(logits).values.index_fill(
        -1, torch.arange(min(k, logits.shape[-1]), logits.shape[-1]), -math.inf
    )


@wrong("all places stay", earns=0)
def the_k_alone():
    return lambda logits, k: logits.topk(min(k, logits.shape[-1])).values


@wrong("laid over the row as it came", earns=0)
def the_first_places():
    return lambda logits, k: logits.masked_fill(torch.arange(logits.shape[-1]) >= k, -math.inf)


@wrong("*which token* comes at each place", earns=0)
def indices_for_ranks():
    return lambda logits, k: logits.where(sorted_down(logits).indices < k, -math.inf)


@wrong("sorts a second time", earns=0)
def sorted_twice():
    def top_k_filter(logits, k):
        down, order = sorted_down(logits)
        return down.masked_fill(torch.arange(logits.shape[-1]) >= k, -math.inf).gather(-1, order)

    return top_k_filter


@wrong("of *each row*", earns=0)
def of_all_rows_together():
    def top_k_filter(logits, k):
        order = sorted_down(logits.flatten()).indices
        return logits.flatten().scatter(0, order[k:], -math.inf).view(logits.shape)

    return top_k_filter


@wrong("Each row has k of its own", earns=0)
def the_places_of_the_first_row():
    return function(order=lambda logits: sorted_down(logits).indices[:1].expand(logits.shape))


@wrong("Each row has k of its own", earns=0)
def the_border_of_the_first_row():
    def top_k_filter(logits, k):
        rows = logits.reshape(-1, logits.shape[-1])
        return logits.masked_fill(logits < rows[0].topk(min(k, logits.shape[-1])).values[-1], -math.inf)

    return top_k_filter


@wrong("the last axis", earns=0)
def across_the_rows():
    def top_k_filter(logits, k):
        order = logits.sort(dim=0, descending=True, stable=True).indices
        return logits.scatter(0, order[k:], -math.inf)

    return top_k_filter


@wrong("Count them from the end", earns=1.5)
def the_second_axis():
    def top_k_filter(logits, k):
        order = logits.sort(dim=1, descending=True, stable=True).indices
        return logits.scatter(1, order[:, k:], -math.inf)

    return top_k_filter


@wrong("not the largest without their sign", earns=0)
def without_the_sign():
    return function(order=lambda logits: sorted_down(logits.abs()).indices)


@wrong("changed its argument `logits` in place", earns=0)
def in_place():
    def top_k_filter(logits, k):
        return logits.scatter_(-1, sorted_down(logits).indices[..., k:], -math.inf)

    return top_k_filter


@wrong("nan comes out", earns=0)
def times_a_mask():
    def top_k_filter(logits, k):
        cut = torch.zeros_like(logits).scatter(-1, sorted_down(logits).indices[..., k:], 1.0)
        return logits + cut * -math.inf

    return top_k_filter


@wrong("should have shape", earns=1.5)
def rows_in_one_batch():
    return lambda logits, k: function()(logits.reshape(-1, logits.shape[-1]), k)


@wrong("come out as float32", earns=1.5)
def always_float32():
    return function(give=lambda kept: kept.float())


@wrong("come out as float64", earns=0)
def always_float64():
    return function(give=lambda kept: kept.double())


@wrong("logits are asked for, a tensor of floats", earns=0)
def a_list():
    return function(give=lambda kept: kept.tolist())


@wrong("yours is a tensor of shape (1, 6) and of type torch.bool", earns=0)
def a_mask():
    return function(give=lambda kept: kept > -math.inf)


@wrong("yours is a tensor of shape (1, 2) and of type torch.int64", earns=0)
def their_ids():
    return lambda logits, k: sorted_down(logits).indices[..., :k]


@wrong("Nothing is cut", earns=0)
def identity():
    return lambda logits, k: logits


@wrong("One row", earns=0)
def constant():
    return lambda logits, k: torch.zeros_like(logits)


@wrong("should have shape", earns=0)
def hard_coded_examples():
    return lambda logits, k: torch.tensor([[-math.inf, 2.0, -math.inf, 3.0, -math.inf, -math.inf]])
