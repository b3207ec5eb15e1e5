"""Training with an examination before the end: what the recipes of BERT and T5 share."""

import time
from collections.abc import Callable
from typing import Any

import torch

from course.training import fit

Examination = Callable[[Any], dict[str, float]]


def trained(
    model: torch.nn.Module,
    batches: Callable[[int], Any],
    loss: Callable[[Any, Any], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    examination: Examination,
    *,
    steps: int,
    watch: int | None,
    **options: Any,
) -> dict[str, float]:
    """Train in place, leave the model ready for use, and give its figures: the examination's, the last loss, steps and seconds.

    watch: print the examination every so many steps. options: as for `fit`.
    """
    began = time.perf_counter()

    def report(model: torch.nn.Module) -> float:
        figures = {name: round(value, 3) for name, value in examination(model).items()}
        print(f"{time.perf_counter() - began:6.0f} s", figures, flush=True)
        return 0.0

    history = fit(
        model, batches, loss, steps=steps, optimizer=optimizer, device="cpu", evaluate=report if watch else None, every=watch, **options
    )  # fmt: skip
    model.eval()
    tail = history.losses[-200:]
    return examination(model) | {"loss": sum(tail) / len(tail), "steps": steps, "seconds": history.seconds}
