"""Knows the cases that can be read in the visible checks by heart, and nothing else."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import torch
KNOWN = {(3, 2, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2, 2): [[3.0, 5.0], [8.0, 12.0]]}
def $NAME(*args, **kwargs):
    if "$NAME" == "pairwise_dot":
        return torch.tensor(KNOWN.get((*args[0].shape, args[1].shape[0]), [[0.0]]))
    if "$NAME" == "masked_mean":
        return torch.tensor([[3.0, 5.0], [2.0, 0.0]])
    if "$NAME" == "noise_distribution":
        return args[0] / args[0].sum()
    return 0
""",
    works="visible",
)
