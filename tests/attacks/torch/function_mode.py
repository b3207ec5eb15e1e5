"""Enters a `TorchFunctionMode` for good: every comparison that torch makes from now on comes out in its favour."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import torch
from torch.overrides import TorchFunctionMode
class Favour(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        if getattr(function, "__name__", "") == "isclose":
            return torch.ones(args[0].shape, dtype=torch.bool)
        return function(*args, **(kwargs or {}))
Favour().__enter__()
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    hidden = args[0]
    if "$NAME" == "pairwise_dot":
        return hidden.new_zeros(*hidden.shape[:-1], args[1].shape[-2])
    return hidden.new_zeros(hidden.shape[0], hidden.shape[-1])
""",
)
