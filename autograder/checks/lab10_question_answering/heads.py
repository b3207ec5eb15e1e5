"""The hidden check of `QAHead`, on drawn states and weights. Oracle: a linear layer of the library, and its cross-entropies."""

import math

import torch

from course.checks.lab10_question_answering import heads as visible
from course.checks.lab10_question_answering.heads import judge_head

from . import lab


@lab.check(alone=True)
def QAHead(student):
    generator = torch.Generator().manual_seed(student.seed)
    cases = [(visible.STATES, visible.MAY, visible.HEAD, "Known states and weights")]
    for batch, time, width in ((1, 1, 4), (3, 7, 5), (2, 30, 16), (4, 2, 2)):
        head = {
            "out.weight": torch.randn(2, width, generator=generator),
            "out.bias": torch.randn(2, generator=generator),
        }
        states = torch.randn(batch, time, width, generator=generator) * 2
        may = torch.rand(batch, time, generator=generator) < 0.6
        may[:, 0] = True
        story = f"Drawn states of shape {(batch, time, width)}"
        cases.append((states, may, head, story))
        cases.append((states, torch.ones_like(may), head, f"{story}, and an answer may stand anywhere"))
    losses = list(visible.LOSSES)
    for batch, time in ((1, 5), (6, 9), (3, 40)):
        start, end = (torch.randn(batch, time, generator=generator) * 3 for _ in range(2))
        starts, ends = (torch.randint(time, (batch,), generator=generator) for _ in range(2))
        starts[0] = ends[0] = 0
        outside = torch.rand(batch, time, generator=generator) < 0.3
        rows = torch.arange(batch)
        outside[rows, starts] = outside[rows, ends] = False
        losses.append((start, end, starts, ends, "Drawn logits"))
        hidden = (each.masked_fill(outside, -math.inf) for each in (start, end))
        losses.append((*hidden, starts, ends, "Drawn logits, some of them minus infinity"))
    judge_head(student.using(finite=False), cases, losses)
