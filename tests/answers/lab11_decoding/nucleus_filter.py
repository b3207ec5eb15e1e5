import math

import numpy
import torch

from tests.answers import right, wrong


def sorted_down(logits):
    return logits.sort(dim=-1, descending=True, stable=True)


def function(
    sort=sorted_down,
    shares=lambda down: down.softmax(-1),
    cut=lambda chances, p: chances.cumsum(-1) - chances >= p,
    first=False,
    fill=-math.inf,
    back=lambda down, order: down.gather(-1, order.argsort(-1)),
    sure=lambda p: p >= 1,
    give=lambda kept: kept,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def nucleus_filter(logits, p):
        if sure(p):
            return give(logits)
        down, order = sort(logits)
        out = cut(shares(down), p)
        if first is not None:
            out[..., 0] = first
        return give(back(down.masked_fill(out, fill), order))

    return nucleus_filter


def counted(count, order=lambda logits: sorted_down(logits).indices, values=lambda logits: logits):
    """An answer that counts how many are left. count: (sorted probabilities, p) -> for each row how many."""

    def nucleus_filter(logits, p):
        n = count(sorted_down(logits.softmax(-1)).values, p)
        rank = order(logits).argsort(-1)
        return values(logits).masked_fill(rank >= (n if p < 1 else logits.shape[-1]), -math.inf)

    return nucleus_filter


def size(chances, p):
    return (chances.cumsum(-1) - chances < p).sum(-1, keepdim=True).clamp(min=1)


def each(keep):
    """An answer that looks at each token for itself. keep: (probabilities, p) -> what is left."""
    return lambda logits, p: logits.masked_fill(~keep(logits.softmax(-1), p), -math.inf)


@right
def the_steps_of_this_file():
    return function()


@right
def how_many():
    return counted(size)


@right
def token_by_token():
    def nucleus_filter(logits, p):
        if p == 1:
            return logits.clone()
        rows = []
        for row in logits.reshape(-1, logits.shape[-1]):
            chances, kept, total = row.softmax(0).tolist(), [-math.inf] * len(row), 0.0
            for i in sorted(range(len(row)), key=lambda i: (-row[i].item(), i)):
                kept[i] = row[i].item()
                total += chances[i]
                if total >= p:
                    break
            rows.append(kept)
        return torch.tensor(rows, dtype=logits.dtype).view(logits.shape)

    return nucleus_filter


@right
def shifted_mask_as_in_the_library():
    def nucleus_filter(logits, p):
        if p >= 1.0:
            return logits
        down, order = torch.sort(logits, descending=True, stable=True)
        remove = torch.cumsum(torch.softmax(down, dim=-1), dim=-1) > p
        remove[..., 1:] = remove[..., :-1].clone()
        remove[..., 0] = 0
        return logits.masked_fill(remove.scatter(-1, order, remove), float("-inf"))

    return nucleus_filter


@right
def up_from_the_least_likely():
    def nucleus_filter(logits, p):
        if p >= 1:
            return logits
        up, order = logits.flip(-1).sort(dim=-1, stable=True)
        cut = up.softmax(-1).cumsum(-1) <= 1 - p
        cut[..., -1] = False
        cut = torch.zeros_like(cut).scatter(-1, order, cut).flip(-1)
        return torch.where(cut, -math.inf, logits)

    return nucleus_filter


@right
def numpy_like():
    def nucleus_filter(logits, p):
        x = logits.numpy()
        order = numpy.argsort(-x, axis=-1, kind="stable")
        down = numpy.take_along_axis(x, order, -1)
        chances = numpy.exp(down - down.max(-1, keepdims=True)).astype("float64")
        chances /= chances.sum(-1, keepdims=True)
        before = numpy.cumsum(chances, -1) - chances
        before[..., 0] = -1
        kept = numpy.empty_like(x)
        numpy.put_along_axis(kept, order, numpy.where((before < p) | (p >= 1), down, -numpy.inf), -1)
        return torch.from_numpy(kept)

    return nucleus_filter


@right
def searched():
    """Where the sums reach p is looked up."""

    def nucleus_filter(logits, p):
        if p >= 1:
            return logits
        down, order = sorted_down(logits)
        sums = down.softmax(-1).cumsum(-1)
        last = torch.searchsorted(sums, torch.full_like(sums[..., :1], p))
        kept = torch.arange(logits.shape[-1]) <= last
        return torch.full_like(logits, -math.inf).scatter(-1, order, down.where(kept, -math.inf))

    return nucleus_filter


@right
def what_is_likelier_together():
    def nucleus_filter(logits, p):
        chances = logits.softmax(-1)
        one, other = logits[..., :, None], logits[..., None, :]
        earlier = torch.ones(logits.shape[-1], logits.shape[-1]).tril(-1).bool()
        better = (other > one) | (other == one) & earlier
        before = (better * chances[..., None, :]).sum(-1)
        return logits.where((before < p) | ~better.any(-1) | (p >= 1), -math.inf)

    return nucleus_filter


@wrong("belongs to the nucleus, and with you it is cut", earns=0)
def without_the_one_that_reaches_p():
    return function(cut=lambda chances, p: chances.cumsum(-1) >= p, first=None)


@wrong("belongs to the nucleus, and with you it is cut", earns=0)
def without_it_and_at_least_one():
    return function(cut=lambda chances, p: chances.cumsum(-1) >= p)


@wrong("one token is, whatever p is", earns=2.5)
def nothing_for_p_of_nothing():
    return function(first=None)


@wrong("One token too many", earns=0)
def one_more():
    def cut(chances, p):
        out = chances.cumsum(-1) > p
        return torch.cat([torch.zeros_like(out[..., :2]), out[..., :-2]], -1)

    return function(cut=cut)


@wrong("Rounded, a sum reaches 1", earns=2.5)
def no_exception_for_one():
    return function(sure=lambda p: False)


@wrong("the smaller id comes first", earns=2.5)
def of_equals_the_later():
    def sort(logits):
        down, order = sorted_down(logits.flip(-1))
        return down, logits.shape[-1] - 1 - order

    return function(sort=sort)


@wrong("the smaller id comes first", earns=2.5)
def as_the_library():
    """TopPLogitsWarper, which sorts upwards."""

    def nucleus_filter(logits, p):
        if p >= 1:
            return logits
        up, order = torch.sort(logits, descending=False, stable=True)
        remove = up.softmax(dim=-1).cumsum(dim=-1) <= (1 - p)
        remove[..., -1:] = 0
        return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)

    return nucleus_filter


@wrong("Where several are equal to the last of the nucleus", earns=2.5)
def all_that_are_equal():
    def nucleus_filter(logits, p):
        kept = function()(logits, p)
        least = kept.masked_fill(kept == -math.inf, math.inf).min(-1, keepdim=True).values
        return logits.masked_fill(logits < least, -math.inf)

    return nucleus_filter


@wrong("p is the share that is *left*", earns=0)
def cuts_p():
    return counted(lambda chances, p: size(chances, 1 - p))


@wrong("That begins with the least likely", earns=0)
def from_the_least_likely():
    return function(sort=lambda logits: logits.sort(dim=-1, stable=True))


@wrong("of at least p *each*", earns=0)
def each_above_p():
    return each(lambda chances, p: chances >= p)


@wrong("Each token is looked at for itself", earns=0)
def each_above_the_rest():
    return each(lambda chances, p: chances > 1 - p)


@wrong("Each token is compared with the likeliest", earns=0)
def min_p():
    return each(lambda chances, p: chances >= p * chances.max(-1, keepdim=True).values)


@wrong("sort first", earns=0)
def unsorted():
    return each(lambda chances, p: chances.cumsum(-1) - chances < p)


@wrong("Those are sums of *logits*", earns=0)
def sums_of_logits():
    return function(shares=lambda down: down)


@wrong("not of the number of tokens", earns=0)
def a_share_of_the_tokens():
    return counted(lambda chances, p: max(1, round(p * chances.shape[-1])))


@wrong("not of the number of tokens", earns=0)
def a_share_of_the_tokens_rounded_up():
    return counted(lambda chances, p: max(1, math.ceil(p * chances.shape[-1])))


@wrong("0 is not nothing", earns=0)
def zeros():
    return function(fill=0.0)


@wrong("A large negative number", earns=0)
def minus_ten_thousand():
    return function(fill=-1e4)


@wrong("A large negative number", earns=0)
def the_least_float():
    return function(fill=torch.finfo(torch.float32).min)


@wrong("Those are probabilities", earns=0)
def probabilities():
    return function(give=lambda kept: kept.softmax(-1))


@wrong("Those are probabilities", earns=0)
def probabilities_that_are_cut():
    return counted(size, values=lambda logits: logits.softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def logarithms():
    return function(give=lambda kept: kept.log_softmax(-1))


@wrong("Those are logarithms of probabilities", earns=0)
def logarithms_before_the_cut():
    return counted(size, values=lambda logits: logits.log_softmax(-1))


@wrong("Those are sorted", earns=0)
def sorted_ones():
    return function(back=lambda down, order: down)


@wrong("laid over the row as it came", earns=0)
def the_mask_of_the_sorted_row():
    return counted(size, order=lambda logits: torch.arange(logits.shape[-1]).expand(logits.shape))


@wrong("*which token* comes at each place", earns=0)
def indices_for_ranks():
    return counted(size, order=lambda logits: sorted_down(logits).indices.argsort(-1))


@wrong("sorts a second time", earns=0)
def sorted_twice():
    return function(back=lambda down, order: down.gather(-1, order))


@wrong("with you all have that of the first", earns=0)
def the_size_of_the_first():
    return counted(lambda chances, p: size(chances, p).flatten()[0])


@wrong("with you all have that of the largest", earns=0)
def the_largest_size():
    return counted(lambda chances, p: size(chances, p).max())


@wrong("with you all have that of the smallest", earns=0)
def the_smallest_size():
    return counted(lambda chances, p: int(size(chances, p).min()))


@wrong("the order is that of the first row", earns=0)
def the_order_of_the_first():
    return counted(size, order=lambda logits: sorted_down(logits).indices[:1].expand(logits.shape))


@wrong("not all of them together", earns=0)
def of_all_rows_together():
    return lambda logits, p: function()(logits.flatten(), p).view(logits.shape)


@wrong("along the last axis, the vocabulary's", earns=0)
def across_the_rows():
    return lambda logits, p: function()(logits.movedim(0, -1), p).movedim(-1, 0)


@wrong("not from row to row", earns=0)
def sums_across_the_rows():
    return function(cut=lambda chances, p: chances.cumsum(0) - chances >= p)


@wrong("Count them from the end", earns=2.75)
def the_second_axis():
    def nucleus_filter(logits, p):
        if p >= 1:
            return logits
        down, order = logits.sort(dim=1, descending=True, stable=True)
        chances = down.softmax(1)
        before = chances.cumsum(1) - chances
        cut = (before >= p) & (before > 0)
        return logits.masked_fill(torch.zeros_like(cut).scatter(1, order, cut), -math.inf)

    return nucleus_filter


@wrong("changed its argument `logits` in place", earns=0)
def in_place():
    def nucleus_filter(logits, p):
        logits[function()(logits, p) == -math.inf] = -math.inf
        return logits

    return nucleus_filter


@wrong("nan comes out", earns=0)
def times_a_mask():
    return lambda logits, p: logits + (function()(logits, p) == -math.inf) * -math.inf


@wrong("come out as float32", earns=2.75)
def always_float32():
    return lambda logits, p: function()(logits.float(), p)


@wrong("logits are asked for, a tensor of floats", earns=0)
def a_list():
    return function(give=lambda kept: kept.tolist())


@wrong("of type torch.bool", earns=0)
def a_mask():
    return function(give=lambda kept: kept > -math.inf)


@wrong("should have shape", earns=0)
def the_nucleus_alone():
    return lambda logits, p: sorted_down(logits).values[
        ..., : int(size(sorted_down(logits).values.softmax(-1), p).max())
    ]


@wrong("Nothing is cut", earns=0)
def identity():
    return lambda logits, p: logits


@wrong("Probabilities of .25, .1, .5 and .15", earns=0)
def constant():
    return lambda logits, p: torch.zeros_like(logits)


@wrong("Probabilities of .25, .1, .5 and .15", earns=0)
def hard_coded_examples():
    return lambda logits, p: torch.tensor([[-1.3863, -math.inf, -0.6931, -1.8971]])
