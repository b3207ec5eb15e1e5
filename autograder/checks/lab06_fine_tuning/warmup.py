"""Oracle: transformers.get_linear_schedule_with_warmup, on an optimiser that is stepped."""

import torch

from course.checks import part
from course.checks.lab06_fine_tuning.warmup import curve, require_curve, require_ends

from . import lab


def schedule(warmup, total, steps):
    """The learning rates of an optimiser whose own is 1, at `steps` steps from 0 on: float64 (steps,)."""
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = get_linear_schedule_with_warmup(optimizer, warmup, total)
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return torch.tensor(rates, dtype=torch.float64)


@lab.check()
def linear_warmup(student):
    rng = student.rng
    for warmup in (rng.randint(5, 9), rng.randint(20, 40), rng.randint(2, 4), 1):
        total = warmup + rng.randint(11, 60)
        truth = schedule(warmup, total, total + 1)
        require_curve(curve(student, warmup, total, range(total + 1)), truth, warmup, total, known=False)
    with part("the ends, at random", points=0.5):
        for warmup, total in (
            (0, rng.randint(6, 30)),
            (rng.randint(6, 30),) * 2,
            (rng.randint(3, 9), rng.randint(10, 30)),
            (0, 1),
            (1, 1),
        ):
            late = [total + 1, total + rng.randint(2, 9), total * rng.randint(3, 9) + 1]
            require_ends(student, warmup, total, late, schedule(warmup, total, total + 1))
