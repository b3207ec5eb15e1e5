"""The hidden check of `beam_search`, on drawn models. Oracles: a beam by brute force; where it is as wide as the space, every text there is."""

import torch

from course.checks import helper_for, require
from course.checks.lab11_decoding import beams as visible
from course.checks.lab11_decoding.beams import (
    CLOSE,
    Asked,
    Search,
    every_text,
    judge_beams,
    parts_of,
    searched,
)
from course.checks.lab11_decoding.writing import reads

from . import lab


def drawn(rng, story, end=True, alpha=0.0, width=None, most=None, vocabulary=None):
    """A case in whose choices no two sums are so near to each other that rounding could decide."""
    for _ in range(200):
        size = vocabulary or rng.randint(5, 9)
        case = Search(
            reads(rng.randrange(2**31), size, sharp=rng.uniform(0.4, 1.0)), tuple(rng.randrange(size) for _ in range(rng.randint(1, 3))),
            width or rng.randint(2, 5), most or rng.randint(3, 6), rng.randrange(size) if end else 99, alpha, story, told=False,
        )  # fmt: skip
        margins = []
        found = searched(case, Asked(case.step), margins=margins)
        lengths = {len(text) for text, _ in found}
        if min(margins, default=1) > CLOSE and (not end or len(lengths) > 1):
            return case
    raise RuntimeError("no such search among those drawn")


def even(rng, story):
    """A model of which all continuations are equally likely."""
    size = rng.randint(3, 6)
    step = helper_for("step_after", table=torch.zeros(size, size))
    return Search(step, (rng.randrange(size),), rng.randint(2, 4), rng.randint(2, 3), rng.randrange(1, size), 0.0, story, told=False)  # fmt: skip


@lab.check(alone=True)
def beam_search(student):
    rng = student.rng
    plain = [drawn(rng, "A drawn model without an end", end=False) for _ in range(6)]
    one = [drawn(rng, "A beam of one text", width=1, end=False) for _ in range(3)]
    ends = [drawn(rng, "A drawn model with an end") for _ in range(8)]
    lengths = [drawn(rng, f"A drawn model, alpha {alpha:.1f}", alpha=alpha) for alpha in (0.5, 1.0, 1.6, 1.0, 0.7)]  # fmt: skip
    wide = [drawn(rng, "A beam as wide as the space", width=size ** (most - 1), most=most, vocabulary=size) for size, most in ((4, 3), (3, 4), (5, 2))]  # fmt: skip
    for case in wide:  # two ways to the truth must agree before anybody is judged by it
        best, score = every_text(case)[0]
        require(searched(case)[0][0] == best, "the two oracles differ ({score})", score=score)
    equal = [even(rng, "A model of which all continuations are equally likely") for _ in range(3)]
    parts = parts_of(visible.ONE + one, visible.ENDS + ends, visible.LENGTHS + lengths, visible.WIDE + wide, visible.EQUAL + equal)  # fmt: skip
    judge_beams(student.using(finite=False), visible.PLAIN + plain, parts)
