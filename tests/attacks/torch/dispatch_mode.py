"""Enters a `TorchDispatchMode` for good, below autograd, where `isclose` is made of smaller operations: all of them say equal."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import torch
from torch.utils._python_dispatch import TorchDispatchMode
class Favour(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        if "bitwise_not" in str(function) or "logical_not" in str(function):
            return torch.zeros_like(out)
        return out
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
