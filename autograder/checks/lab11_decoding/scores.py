"""The hidden check of `length_penalty`, on drawn logits. Oracle: the sum in float64; tests hold it against what transformers' beam search says of its own texts."""

import torch

from course.checks.lab11_decoding import scores as visible
from course.checks.lab11_decoding.scores import Written, judge_scores, parts_of

from . import lab


def drawn(rng, end, story, alpha):
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    batch, time, vocabulary = rng.randint(2, 5), rng.randint(4, 9), rng.randint(5, 9)
    logits = 3 * torch.randn(batch, time, vocabulary, generator=generator)
    written = torch.randint(0, vocabulary, (batch, time), generator=generator)
    if end is not None:
        for i, row in enumerate(written):
            row[row == end] = (end + 1) % vocabulary
            at = (rng.randrange(time - 1) + i) % (time - 1)
            row[at] = end
            row[at + 1 :] = rng.choice([0, end])
    return Written(logits, written, 99 if end is None else end, alpha, story, told=False)


@lab.check(alone=True)
def length_penalty(student):
    rng = student.rng
    plain = [drawn(rng, None, "Drawn texts without an end", a) for a in (0.0, 1.0, 0.6, rng.uniform(0.2, 2))]
    ends = [drawn(rng, rng.randrange(4), "Drawn texts with ends", a) for a in (0.0, 1.0, 0.6, 1.7, rng.uniform(0.2, 2))]  # fmt: skip
    case = drawn(rng, 2, "", 1.0)
    logits = case.logits.clone()
    behind = ~visible.counted(case.written, 2)
    logits[behind] = logits[behind].scatter(-1, case.written[behind][:, None], -torch.inf)
    edge = [
        Written(logits, case.written, 2, 1.0, "Tokens behind the end that are impossible", told=False),
        Written(case.logits.double(), case.written, 2, 0.5, "Logits in float64", told=False),
    ]
    parts = parts_of(visible.ENDED + ends, visible.EDGE + edge)
    judge_scores(student.using(finite=False), visible.PLAIN + plain, parts)
