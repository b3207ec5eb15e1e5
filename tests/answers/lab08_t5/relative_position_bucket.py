import math

import numpy as np
import torch

from tests.answers import right, wrong


def sided(offset, bidirectional, buckets):
    """(side, distance, buckets of a side)"""
    if bidirectional:
        return (offset > 0).long() * (buckets // 2), offset.abs(), buckets // 2
    return torch.zeros_like(offset), (-offset).clamp(min=0), buckets


def far(distance, m, k, most):
    growth = torch.log(distance.clamp(min=1).float() / m) / math.log(most / m)
    return m + (growth * (k - m)).long()


def held(place, k):
    return place.clamp(max=k - 1)


def choose(distance, m, place):
    return torch.where(distance < m, distance, place)


def function(sided=sided, far=far, held=held, choose=choose, half=lambda k: k // 2, last=lambda found: found):
    """The solution, in steps that an answer replaces by its mistake."""

    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        side, distance, k = sided(offset, bidirectional, buckets)
        m = half(k)
        return last(side + choose(distance, m, held(far(distance, m, k, max_distance), k)))

    return relative_position_bucket


@right
def the_parts_of_this_file():
    return function()


@right
def as_transformers_writes_it():
    """With the logarithm of 0, which nobody looks at."""

    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        import warnings

        print(offset)
        warnings.warn("buckets", stacklevel=1)
        found = torch.zeros_like(offset)
        if bidirectional:
            buckets //= 2
            found += (offset > 0).to(torch.long) * buckets
            offset = offset.abs()
        else:
            offset = -torch.min(offset, torch.zeros_like(offset))
        exact = buckets // 2
        large = exact + (
            torch.log(offset.float() / exact) / math.log(max_distance / exact) * (buckets - exact)
        ).to(torch.long)
        large = torch.min(large, torch.full_like(large, buckets - 1))
        return found + torch.where(offset < exact, offset, large)

    return relative_position_bucket


def one(offset, bidirectional, buckets, max_distance, log=math.log):
    """One offset, a whole number."""
    side = 0
    if bidirectional:
        buckets //= 2
        side = buckets if offset > 0 else 0
        distance = abs(offset)
    else:
        distance = max(-offset, 0)
    m = buckets // 2
    if distance < m:
        return side + distance
    return side + min(m + math.floor((buckets - m) * log(distance / m) / log(max_distance / m)), buckets - 1)


def one_by_one(log):
    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        found = [one(o, bidirectional, buckets, max_distance, log) for o in offset.flatten().tolist()]
        return torch.tensor(found).reshape(offset.shape)

    return relative_position_bucket


@right
def one_by_one_with_math():
    return one_by_one(math.log)


@right
def logarithms_to_base_2():
    return one_by_one(math.log2)


@right
def by_recursion():
    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        if offset.dim():
            rows = [relative_position_bucket(row, bidirectional, buckets, max_distance) for row in offset]
            return torch.stack(rows)
        return torch.tensor(one(int(offset), bidirectional, buckets, max_distance))

    return relative_position_bucket


@right
def through_numpy():
    """In float64, with the logarithm to base 10."""

    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        array, side = offset.numpy(), 0
        if bidirectional:
            buckets //= 2
            side = np.where(array > 0, buckets, 0)
        distance = np.abs(array) if bidirectional else np.maximum(-array, 0)
        m = buckets // 2
        ratio = np.log10(np.maximum(distance, m) / m) / np.log10(max_distance / m)
        large = np.minimum(m + np.floor((buckets - m) * ratio), buckets - 1)
        found = np.where(distance < m, distance, large) + side
        return torch.as_tensor(found).long()

    return relative_position_bucket


@right
def from_where_each_begins():
    """The beginnings of the far buckets, found with whole numbers, and a search."""

    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        k = buckets // 2 if bidirectional else buckets
        m, starts = k // 2, []
        for j in range(1, k - m):
            d = math.floor(m * (max_distance / m) ** (j / (k - m)))
            while d ** (k - m) * m**j < max_distance**j * m ** (k - m):
                d += 1
            starts.append(d)
        starts = torch.tensor([*range(1, m + 1), *starts])
        distance = offset.abs() if bidirectional else -offset.clamp(max=0)
        found = torch.bucketize(distance, starts, right=True)
        return torch.where(offset > 0, found + k, found) if bidirectional else found

    return relative_position_bucket


@right
def in_double_precision():
    def far(distance, m, k, most):
        return m + torch.floor((k - m) * torch.log(distance.clamp(min=1).double() / m) / math.log(most / m)).to(int)  # fmt: skip

    return function(far=far)


@wrong("The two sides are exchanged", earns=1)
def sides_exchanged():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return ((offset < 0).long() * k if bidirectional else side), distance, k

    return function(other)


@wrong("Is the sign turned round?", earns=0)
def query_minus_key():
    return lambda offset, *given, **named: function()(-offset, *given, **named)


@wrong("Offset 0 is put among the keys behind the query", earns=1)
def zero_is_behind():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return ((offset >= 0).long() * k if bidirectional else side), distance, k

    return function(other)


@wrong("Keys behind the query get the same buckets as those before it", earns=1)
def no_sides():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return torch.zeros_like(offset), distance, k

    return function(other)


@wrong("Do both sides have half of the buckets?", earns=1)
def buckets_not_halved():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return side, distance, buckets

    return function(other)


@wrong("Do both sides have half of the buckets?", earns=1)
def all_buckets_for_each_side():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return side * 2, distance, buckets

    return function(other)


@wrong("All of your buckets are exact: those of a side are half of all of them", earns=1)
def halved_once():
    """The exact ones are half of all, and not of those of a side."""

    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        return function(half=lambda k: buckets // 2)(offset, bidirectional, buckets, max_distance)

    return relative_position_bucket


@wrong("There is no such key for a decoder, and its distance counts as 0. Is `abs` taken?", earns=1)
def abs_in_both_directions():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return side, offset.abs(), k

    return function(other)


@wrong("is put into bucket -1", earns=1)
def the_sign_stays_in_the_decoder():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return side, distance if bidirectional else -offset, k

    return function(other)


@wrong("its distance counts as 0. Is `bidirectional` used?", earns=1)
def both_directions_always():
    return function(lambda offset, bidirectional, buckets: sided(offset, True, buckets))


@wrong("is `bidirectional` used, and not turned round?", earns=1)
def one_direction_always():
    return function(lambda offset, bidirectional, buckets: sided(offset, False, buckets))


@wrong("is `bidirectional` used, and not turned round?", earns=0)
def bidirectional_turned_round():
    def other(offset, bidirectional, buckets):
        return sided(offset, not bidirectional, buckets)

    return function(other)


@wrong("It is k − 1 at most", earns=0)
def no_clamp():
    return function(held=lambda place, k: place)


@wrong("It is k − 1 at most", earns=0)
def clamped_one_too_late():
    return function(held=lambda place, k: place.clamp(max=k))


@wrong("The last bucket of a side stays empty", earns=0)
def clamped_one_too_early():
    return function(held=lambda place, k: place.clamp(max=k - 2))


@wrong("You round to the nearest whole number", earns=0)
def rounded():
    def far(distance, m, k, most):
        growth = torch.log(distance.clamp(min=1).float() / m) / math.log(most / m)
        return m + (growth * (k - m)).round().long()

    return function(far=far)


@wrong("You round up", earns=0)
def rounded_up():
    def far(distance, m, k, most):
        growth = torch.log(distance.clamp(min=1).double() / m) / math.log(most / m)
        return m + (growth * (k - m)).ceil().long()

    return function(far=far)


@wrong("Is `max_distance` used?", earns=2.5)
def always_128():
    return lambda offset, bidirectional=True, buckets=32, max_distance=128: function()(offset, bidirectional, buckets)  # fmt: skip


@wrong("Is `buckets` used?", earns=2.5)
def always_32():
    return lambda offset, bidirectional=True, buckets=32, max_distance=128: function()(offset, bidirectional, 32, max_distance)  # fmt: skip


@wrong("Is `buckets` used?", earns=2.5)
def no_options():
    return lambda offset, bidirectional=True, buckets=32, max_distance=128: function()(offset, bidirectional)


@wrong("Is `buckets` used?", earns=2.5)
def buckets_and_farthest_exchanged():
    """As another order of arguments would have it."""

    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        usual = (buckets, max_distance) == (32, 128)
        return function()(offset, bidirectional, *((32, 128) if usual else (max_distance, buckets * 9)))

    return relative_position_bucket


@wrong("Your exact buckets are a quarter of those of a side", earns=0)
def a_quarter_is_exact():
    return function(half=lambda k: k // 4)


@wrong("Three quarters of your buckets are exact", earns=0)
def three_quarters_are_exact():
    return function(half=lambda k: 3 * k // 4)


@wrong("All of your buckets are exact", earns=0)
def no_far_ones():
    return function(far=lambda distance, m, k, most: distance)


@wrong("The m in front is missing", earns=0)
def no_exact_ones_in_front():
    return function(far=lambda distance, m, k, most: far(distance, m, k, most) - m)


@wrong("You multiply by all buckets of the side", earns=0)
def all_buckets_of_the_side():
    return function(far=lambda distance, m, k, most: m + (torch.log(distance.clamp(min=1) / m) / math.log(most / m) * k).long())  # fmt: skip


@wrong("You multiply by k − m − 1", earns=0)
def one_bucket_less():
    return function(far=lambda distance, m, k, most: m + (torch.log(distance.clamp(min=1) / m) / math.log(most / m) * (k - m - 1)).long())  # fmt: skip


@wrong("You divide by ln(max_distance)", earns=0)
def farthest_not_divided():
    return function(far=lambda distance, m, k, most: m + (torch.log(distance.clamp(min=1) / m) / math.log(most) * (k - m)).long())  # fmt: skip


@wrong("both are divided by m first", earns=0)
def nothing_divided():
    return function(far=lambda distance, m, k, most: m + (torch.log(distance.clamp(min=1).float()) / math.log(most) * (k - m)).long())  # fmt: skip


@wrong("the distance is divided by m, too", earns=0)
def distance_not_divided():
    return function(far=lambda distance, m, k, most: m + (torch.log(distance.clamp(min=1).float()) / math.log(most / m) * (k - m)).long())  # fmt: skip


@wrong("You do not divide by ln(max_distance / m)", earns=0)
def nothing_below():
    return function(far=lambda distance, m, k, most: m + (torch.log(distance.clamp(min=1) / m) * (k - m)).long())  # fmt: skip


@wrong("they grow with the logarithm", earns=0)
def no_logarithm():
    return function(far=lambda distance, m, k, most: m + (k - m) * (distance - m) // (most - m))


@wrong("That is a logarithm of 0", earns=0)
def exact_ones_forgotten_at_0():
    return function(
        far=lambda distance, m, k, most: m + ((k - m) * torch.log(distance.float() / m) / math.log(most / m)).long(),
        choose=lambda distance, m, place: torch.where((distance > 0) & (distance < m), distance, place),
    )  # fmt: skip


@wrong("buckets of this side are exact", earns=0)
def exact_ones_forgotten():
    return function(
        far=lambda distance, m, k, most: torch.clamp(far(distance, m, k, most), min=0),
        choose=lambda distance, m, place: place,
    )


@wrong("With int64 in, float32 comes out", earns=0)
def floats():
    return function(last=lambda found: found.float())


@wrong("With int64 in, int32 comes out", earns=0)
def small_numbers():
    return function(last=lambda found: found.int())


@wrong("relative_position_bucket should return a tensor; yours returned a list", earns=0)
def a_list():
    return function(last=lambda found: found.tolist())


@wrong("relative_position_bucket changed its argument `offset` in place", earns=0)
def in_place():
    def other(offset, bidirectional, buckets):
        side, distance, k = sided(offset, bidirectional, buckets)
        return side, offset.abs_() if bidirectional else offset.neg_().clamp_(min=0), k

    return function(other)


@wrong("IndexError", earns=2.5)
def squares_alone():
    """It asks for two axes, or one, by name."""

    def relative_position_bucket(offset, *given, **named):
        found = torch.zeros_like(offset)
        for i in range(offset.shape[0]):
            found[i] = function()(offset[i], *given, **named)
        return found

    return relative_position_bucket


@wrong("should give buckets of the same shape", earns=2.5)
def flat():
    return function(last=lambda found: found.flatten())


@wrong("One offset in a tensor without axes is an offset, too", earns=2.5)
def at_least_one_axis():
    return function(last=torch.atleast_1d)


@wrong("buckets of the same shape; yours has (3, 4)", earns=0)
def lengths_in_place_of_offsets():
    return function(last=lambda found: torch.zeros(3, 4).long())


@wrong("rounding makes a little less of it")
def a_hair_below():
    """Something small below, against a division by 0."""

    def far(distance, m, k, most):
        growth = torch.log((distance.clamp(min=1).double() - 1e-7) / m) / math.log(most / m)
        return m + (growth * (k - m)).long()

    return function(far=far)


@wrong("`transformers`", earns=0)
def the_library():
    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        from transformers.models.t5.modeling_t5 import T5Attention

        return T5Attention._relative_position_bucket(offset, bidirectional, buckets, max_distance)

    return relative_position_bucket


@wrong("relative_position_bucket is not written yet", earns=0)
def unwritten():
    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        raise NotImplementedError("relative_position_bucket")

    return relative_position_bucket


@wrong("relative_position_bucket returned None", earns=0)
def nothing_returned():
    return function(last=lambda found: print(end=""))


@wrong("Is that the offset with its sign?", earns=0)
def identity():
    return lambda offset, bidirectional=True, buckets=32, max_distance=128: offset


@wrong("Keys behind the query get the same buckets", earns=0)
def constant():
    return lambda offset, bidirectional=True, buckets=32, max_distance=128: torch.zeros_like(offset)


@wrong("which is not its own", earns=0)
def hard_coded_examples():
    """Right for the visible offsets, and the last bucket but one for all others."""

    def relative_position_bucket(offset, bidirectional=True, buckets=32, max_distance=128):
        seen = (401,), (6,), (), (2, 3), (2, 1, 2)
        found = function()(offset, bidirectional, buckets, max_distance)
        side, _, k = sided(offset, bidirectional, buckets)
        return found if tuple(offset.shape) in seen else side + k - 2

    return relative_position_bucket
