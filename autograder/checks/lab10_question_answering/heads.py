"""The hidden check of `QAHead`, on drawn states and weights. Oracle: a linear layer of the library, and its cross-entropies."""

import math

import torch

from course.checks import part
from course.checks.lab10_question_answering.heads import (
    head_of,
    judge_loss,
    require_learning,
    require_scores,
)

from . import lab


@lab.check()
def QAHead(student):
    student = student.using(finite=False)
    generator = torch.Generator().manual_seed(student.seed)
    for batch, time, width in ((1, 1, 4), (3, 7, 5), (2, 30, 16), (4, 2, 2)):
        head = {
            "out.weight": torch.randn(2, width, generator=generator),
            "out.bias": torch.randn(2, generator=generator),
        }
        model = head_of(student, width, head)
        states = torch.randn(batch, time, width, generator=generator) * 2
        may = torch.rand(batch, time, generator=generator) < 0.6
        may[:, 0] = True
        require_scores(model(states, may), states, may, head, f"Drawn states of shape {(batch, time, width)}")
        require_scores(model(states, may | True), states, may | True, head, f"Drawn states of shape {(batch, time, width)}, and an answer may stand anywhere")  # fmt: skip
        require_learning(model, states, may)
    with part("loss of drawn logits", points=0.5):
        for batch, time in ((1, 5), (6, 9), (3, 40)):
            start, end = (torch.randn(batch, time, generator=generator) * 3 for _ in range(2))
            starts, ends = (torch.randint(time, (batch,), generator=generator) for _ in range(2))
            starts[0] = ends[0] = 0
            hidden = torch.rand(batch, time, generator=generator) < 0.3
            rows = torch.arange(batch)
            hidden[rows, starts] = hidden[rows, ends] = False
            for each in ((start, end), (start.masked_fill(hidden, -math.inf), end.masked_fill(hidden, -math.inf))):  # fmt: skip
                judge_loss(model, *each, starts, ends, "Drawn logits")
