"""The check of `relative_position_bucket`: where each bucket begins, written by hand, what holds for any number of buckets, and for each
usual mistake where it lets the far buckets begin."""

from bisect import bisect
from dataclasses import dataclass

import torch

from .. import args, part, require, require_dtype
from ..sentences import describe
from ..usual import ended
from . import lab

# The distances at which the buckets of one side begin, from bucket 0 on, of which the first half are exact.
ENCODER = [*range(8), 8, 12, 16, 23, 32, 46, 64, 91]  # half of 32 buckets, 128
DECODER = [*range(16), 16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113]  # 32 buckets, 128
SMALL = [0, 1, 2, 3, 4, 8, 16, 31]  # 8 buckets, 60
# What the encoder's far buckets become by mistake.
MISTAKES = [
    ([*range(8), 8, 10, 14, 20, 27, 39, 54, 77], "You round to the nearest whole number; ⌊ ⌋ rounds down"),
    ([*range(8), 8, 9, 12, 17, 23, 33, 46, 65], "You round up; ⌊ ⌋ rounds down"),
    ([*range(8), 8, 10, 12, 14, 16, 20, 23, 27], "You multiply by all buckets of the side, k; it is by those that are left for far distances, k − m"),
    ([*range(8), 8, 12, 18, 27, 40, 58, 87, 128], "You multiply by k − m − 1; it is by k − m, and what comes out too large is held at k − 1"),
    ([*range(8), 8, 15, 27, 50, 91, 166, 305, 559], "You divide by ln(max_distance); it is ln(max_distance / m)"),
    ([*range(8), *[8] * 4, 12, 21, 39, 70], "You take ln(d) / ln(max_distance); both are divided by m first"),
    ([*range(8), *[8] * 7, 12], "You take ln(d) / ln(max_distance / m); the distance is divided by m, too"),
    ([*range(8), *[8] * 8], "All far distances are in the last bucket: is it ln(d / m), divided by ln(max_distance / m)?"),
    ([*range(8), 8, 10, 11, 12, 14, 15, 17, 20], "You do not divide by ln(max_distance / m)"),
    ([*range(4), 4, 6, 8, 10, 13, 17, 23, 31, 41, 54, 72, 96], "Your exact buckets are a quarter of those of a side; they are the first k // 2"),
    ([*range(12), 12, 22, 40, 71], "Three quarters of your buckets are exact; the first k // 2 are"),
    ([*range(8), 8, 12, 16, 23, 32, 46, 64, 10**9], "The last bucket of a side stays empty: what comes out too large is held at k − 1"),
    ([*range(16)], "All of your buckets are exact: those of a side are half of all of them, and of these the first k // 2 are exact. The others grow"),
    ([*range(8), 8, 23, 38, 53, 68, 83, 98, 113], "Your far buckets are all of one width; they grow with the logarithm"),
]  # fmt: skip
SMALL_128 = [0, 1, 2, 3, 4, 10, 23, 54]  # 8 buckets, 128


@dataclass(frozen=True)
class Case:
    """Offsets and their buckets, both long. given: the three options, as far as they are given; told: whether a bucket may be."""

    offset: torch.Tensor
    truth: torch.Tensor
    given: tuple = ()
    told: bool = False

    @property
    def options(self):
        """(bidirectional, buckets, max_distance)"""
        return (*self.given, *(True, 32, 128)[len(self.given) :])

    @property
    def sides(self):
        """How many buckets a side has, and the first of those for what is behind the query."""
        bidirectional, buckets, _ = self.options
        return (buckets // 2, buckets // 2) if bidirectional else (buckets, 0)


def laid(offset, given, starts, told=True):
    """A case from where the buckets of a side begin."""
    both = given[0] if given else True

    def bucket(o):
        return bisect(starts, abs(o)) - 1 + (len(starts) if o > 0 else 0) if both else bisect(starts, max(-o, 0)) - 1  # fmt: skip

    truth = torch.tensor([bucket(o) for o in offset.flatten().tolist()], dtype=torch.long)
    return Case(offset, truth.view_as(offset), given, told)


FEW = torch.arange(-200, 201)
FAR = torch.tensor([-100_000, -1_000, -500, 500, 1_000, 100_000])
BOTH = [laid(FEW, (), ENCODER), laid(FAR, (), ENCODER)]
BEFORE = [laid(FEW, (False,), DECODER), laid(FAR, (False,), DECODER)]
SHAPES = [
    laid(torch.tensor(o), (), ENCODER) for o in (-3, [[0, 1, 2], [-1, 0, 1]], [[[-130, 9]], [[40, -8]]])
]
SHAPES += [laid(torch.tensor(o), (False,), DECODER) for o in (-20, [[0, 1, 2], [-1, 0, 1]])]
SIZES = [laid(FEW, (False, 8, 60), SMALL), laid(FEW, (True, 16, 60), SMALL)]


def _require_form(found, case):
    """Require long, in the shape of the offsets, and every bucket one that there is."""
    require(
        isinstance(found, torch.Tensor),
        "The result should be a tensor of buckets; yours is {what}.",
        what=describe(found),
    )
    got, shape = tuple(found.shape), tuple(case.offset.shape)
    require(
        got == shape,
        "Offsets of shape {shape} should give buckets of the same shape; yours has {got}.{known}",
        shape=shape,
        got=got,
        known=" One offset in a tensor without axes is an offset, too." if shape == () else "",
    )
    require_dtype(found, torch.long, "the offsets")
    bidirectional, buckets, most = case.options
    odd = (found < 0) | (found >= buckets)
    if not odd.any():
        return
    offset, bucket = _nearest(odd, case, found)
    known = (
        " That is a logarithm of 0, or of a negative number, made whole: keep it away from distances below 1." if abs(bucket) > 2**30
        else " Is that the offset with its sign? The formula is about the distance." if bucket < 0
        else " It is k − 1 at most, however far the distance." if abs(offset) >= most
        else " Is `buckets` used?" if buckets != 32
        else " Do both sides have half of the buckets? What follows the side is worked out with half as many." if bidirectional and offset > 0
        else ""
    )  # fmt: skip
    require(
        False,
        "bidirectional={both}, {buckets} buckets, max_distance={most}: offset {offset} is put into bucket {bucket}, and there are 0 to {last}.{known}",
        both=bidirectional,
        buckets=buckets,
        most=most,
        offset=offset,
        bucket=bucket,
        last=buckets - 1,
        known=known,
    )


def _require_sides(found, case):
    """Require what holds for the two sides, without knowing where buckets begin."""
    bidirectional, *_ = case.options
    offset, (k, second) = case.offset, case.sides
    before, behind, here = offset < 0, offset > 0, offset == 0
    if bidirectional:
        require(
            not (found[here] == second).any(),
            "Offset 0 is put among the keys behind the query; only what is *greater* than 0 is behind it.",
        )
        swapped = (found[behind] < second).all() and (found[before] >= second).all() and (before & (case.truth > 0)).any()  # fmt: skip
        require(
            not (swapped and behind.any()),
            "The two sides are exchanged: the second half of the buckets is for keys *behind* the query, whose offset is above 0. Is your offset turned round?",
        )
        require(
            not behind.any() or found[behind].any() or not found.any(),
            "What is behind the query is all in bucket 0, as for a decoder: is `bidirectional` used, and not turned round?",
        )
        require(
            not behind.any() or (found[behind] >= second).any(),
            "Keys behind the query get the same buckets as those before it; theirs are the second half.",
        )
        return
    if not behind.any() or not (case.truth[before] > 0).any():
        return
    turned = (found[before] == 0).all() and (found[behind] > 0).any()
    require(
        not turned,
        "bidirectional=False: what is behind the query is told apart, and everything before it is in bucket 0. Is the sign turned round? The offset is the key's place minus the query's, so that a key before it has an offset below 0.",
    )
    seen = behind & (found > 0)
    if seen.any():
        at, bucket = _nearest(seen, case, found)
        require(
            False,
            "bidirectional=False: a key behind the query (offset {at}) is put into bucket {bucket}. There is no such key for a decoder, and its distance counts as 0.{known}",
            at=at,
            bucket=bucket,
            known=" Is `bidirectional` used?" if (found[behind] >= k // 2).all()
            else " Is `abs` taken? A clamp is what is needed." if seen[behind].all()
            else "",
        )  # fmt: skip


def _nearest(cells, case, found):
    """(offset, its bucket) at the one of these places that is nearest to the query."""
    distance = case.offset.abs()
    place = tuple((cells & (distance == distance[cells].min())).nonzero()[0].tolist())
    return case.offset[place].item(), found[place].item()


def _known(found, case):
    """Which mistake leads to these buckets, where it can be told."""
    offset, (k, _), wrong = case.offset, case.sides, found != case.truth
    tables = (
        MISTAKES
        if case.given == ()
        else [(SMALL_128, "Is `max_distance` used?")]
        if any(case is each for each in SIZES)
        else []
    )
    for starts, sentence in tables if case.told else []:
        if torch.equal(found, laid(offset, case.given, starts).truth):
            return sentence
    if (wrong & (offset.abs() < k // 2)).any():
        return f"The first k // 2 = {k // 2} buckets of this side are exact: distance 0 is 0, distance 1 is 1, and so on"
    more = (found - case.truth)[wrong]
    within = offset[wrong].abs() < case.options[2]
    if within.any() and (more[within] == -(k // 2)).all():
        return "The m in front is missing: far distances come behind the exact ones"
    if (more == -1).all() and wrong.float().mean() < 0.1:
        return "The formula gives a whole number there, and rounding makes a little less of it: take ln(d / m) as it stands"
    if (more == 1).all():
        return "The far ones are a bucket too high: ⌊ ⌋ rounds down"
    return "That is a far one: go through the formula" + ("" if case.options[1:] == (32, 128) else ". Are `buckets` and `max_distance` used?")  # fmt: skip


def _require_case(found, case):
    _require_form(found, case)
    if torch.equal(found, case.truth):
        return
    _require_sides(found, case)
    bidirectional, buckets, most = case.options
    offset, bucket = _nearest(found != case.truth, case, found)
    right = case.truth[case.offset == offset][0].item()
    require(
        False,
        "bidirectional={both}, {buckets} buckets, max_distance={most}: offset {offset} is put into bucket {bucket}{truth}. {known}",
        both=bidirectional,
        buckets=buckets,
        most=most,
        offset=offset,
        bucket=bucket,
        truth=f", and belongs into {right}" if case.told else ", which is not its own",
        known=ended(_known(found, case)),
    )


def judge(student, both, before, shapes, sizes):
    """All that is asked of relative_position_bucket: cases of the encoder, of the decoder, of other shapes, and of other options."""

    def tried(cases):
        for case, found in zip(cases, student.many([args(c.offset, *c.given) for c in cases]), strict=True):
            _require_case(found, case)

    good = []
    with part("the encoder's buckets", points=1):
        tried(both)
        good.append(both)
    with part("the decoder's buckets", points=1):
        tried(before)
        good.append(before)
    with part("offsets of any shape", points=0.5):
        tried(shapes)
    # What is wrong there is told as the verdict, before what it does to other options.
    for cases in (both, before):
        if not any(cases is each for each in good):
            tried(cases)
    tried(sizes)


@lab.check(points=3, returns=(torch.Tensor,), without=("transformers", "course.widgets"))
def relative_position_bucket(student):
    judge(student, BOTH, BEFORE, SHAPES, SIZES)
    case = SIZES[0]
    found = student(case.offset, max_distance=60, buckets=8, bidirectional=False)
    require(
        isinstance(found, torch.Tensor) and torch.equal(found, case.truth),
        "With bidirectional=False, buckets=8, max_distance=60 given by their names the result is another one than in this order.",
    )
