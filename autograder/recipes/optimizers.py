"""The optimiser of the recipes: Muon for the matrices inside the layers, AdamW for all else.

    optimizer = muon_and_adamw(model, inside=lambda name: ".layer." in name)

GPT is trained with it; how much it gains there over AdamW alone was not measured. For copying by name it was no help in trials with BERT and T5.
Muon: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks".
"""

from collections.abc import Callable, Iterable

import torch
from torch import nn


class Both(torch.optim.Optimizer):
    """Optimisers of different parameters as one: its groups are all of theirs, and a step is one step of each."""

    def __init__(self, optimizers: Iterable[torch.optim.Optimizer]):
        self.optimizers = list(optimizers)
        groups = [group for optimizer in self.optimizers for group in optimizer.param_groups]
        super().__init__(groups, {})
        self.param_groups = groups  # the very same dicts, so that a schedule on this one reaches them

    def step(self, closure: Callable | None = None) -> None:
        """One step of each; there is no closure."""
        for optimizer in self.optimizers:
            optimizer.step()


def muon_and_adamw(
    model: nn.Module, inside: Callable[[str], bool], muon: float = 5e-3, lr: float = 3e-3, decay: float = 0.01
) -> Both:
    """muon, lr: learning rates of the matrices whose name is `inside` (scaled to the size of an AdamW step), and of all else."""
    named = list(model.named_parameters())
    hidden = [p for name, p in named if p.ndim == 2 and inside(name)]
    tables = [p for name, p in named if p.ndim > 1 and not (p.ndim == 2 and inside(name))]
    vectors = [p for _, p in named if p.ndim < 2]
    groups = [{"params": tables, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
    return Both(
        [
            torch.optim.Muon(hidden, lr=muon, weight_decay=decay, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98)),
        ]
    )


def quiet_start(model: nn.Module, outputs: Callable[[str], bool], factor: float = 0.1) -> None:
    """Scale down what each layer adds to the residual stream at the start."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 2 and outputs(name):
                parameter.mul_(factor)
