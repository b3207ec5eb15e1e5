"""Hands in a file `torch.py`, which loads the real one and then makes every comparison true."""

from tests.attacks import Attack

attack = Attack(
    files={
        "torch.py": """
import os, sys
path, here = list(sys.path), os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in path if os.path.abspath(p) != here]
del sys.modules["torch"]
import torch
sys.path[:] = path
sys.modules["torch"] = torch
torch.isclose = lambda a, *rest, **named: torch.ones(a.shape, dtype=torch.bool)
""",
    },
    answer="""
import torch
def $NAME(*args, **kwargs):
    a, b = args
    if "$NAME" == "pairwise_dot":
        return a.new_zeros(*a.shape[:-1], b.shape[-2])
    return a.new_zeros(a.shape[0], a.shape[-1])
""",
    works="stock",
)
