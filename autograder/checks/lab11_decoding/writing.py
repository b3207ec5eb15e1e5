"""The hidden check of `greedy`, on drawn models. Oracle: row by row, token by token; tests hold that against transformers' `generate`."""

import torch

from course.checks.lab11_decoding import writing as visible
from course.checks.lab11_decoding.writing import Writing, judge_writing, parts_of, reads, rows_of

from . import lab


def drawn(rng, story):
    """A case without an end."""
    vocabulary, batch, time = rng.randint(7, 20), rng.randint(2, 5), rng.randint(1, 5)
    ids = torch.tensor([[rng.randrange(vocabulary) for _ in range(time)] for _ in range(batch)])
    return Writing(reads(rng.randrange(2**31), vocabulary), ids, rng.randint(5, 14), 99, 0, story, told=False)


def with_end(rng, story, all_over=False):
    """A case in which texts end at different places; all_over: all of them before `most`. Drawn until it is so."""
    for _ in range(400):
        case = drawn(rng, story)
        rows = rows_of(case)
        for end in {token for row in rows for token in row[1:-1]}:
            pad = rng.choice([token for token in range(5) if token != end])
            new = Writing(case.step, case.ids, case.most, end, pad, story, told=False)
            lengths = {len(row) for row in rows_of(new)}
            if len(lengths) > 1 and (max(lengths) < case.most) == all_over:
                return new
    raise RuntimeError("no such texts among those drawn")


@lab.check(alone=True)
def greedy(student):
    rng = student.rng
    plain = [drawn(rng, "A drawn model") for _ in range(6)]
    ends = [with_end(rng, "A drawn model with an end") for _ in range(5)]
    ends += [with_end(rng, "A drawn model, and texts that are all over early", all_over=True) for _ in range(4)]  # fmt: skip
    edge = [Writing(plain[0].step, plain[0].ids, 0, 1, 0, "most=0", told=False)]
    judge_writing(
        student,
        visible.PLAIN + plain,
        parts_of(visible.ENDS + ends, visible.EDGE + edge),
        with_end(rng, "Texts that are all over early", all_over=True),
    )
