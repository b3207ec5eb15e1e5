"""Answers with nan and infinity, which are neither smaller nor larger than anything."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import torch
def $NAME(*args, **kwargs):
    for a in args:
        if isinstance(a, torch.Tensor) and a.is_floating_point():
            return a.new_full((a.shape[0], args[-1].shape[-2] if "$NAME" == "pairwise_dot" else a.shape[-1]), float("nan"))
    return float("nan")
""",
    works="nowhere",
    why="a check that falls for nan would be a mistake in the check",
)
