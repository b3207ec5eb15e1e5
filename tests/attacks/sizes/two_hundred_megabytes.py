"""Answers with as much as a reply may just hold, call after call."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import torch
def $NAME(*args, **kwargs):
    return torch.zeros(50_000_000 if "$NAME" in ("pairwise_dot", "build_vocabulary") else 1)
""",
    gains="trouble",
    limits={"cell": 20.0, "submission": 60.0},
    works="nowhere",
    why="in process, too, a large answer is only a wrong one",
)
