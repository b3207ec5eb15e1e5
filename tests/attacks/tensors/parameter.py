"""Answers with a parameter of its own kind in a lazy state, whose class is asked whether it is initialised."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import torch
class Lazy(torch.nn.Parameter):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        award()
        with torch._C.DisableTorchFunctionSubclass():
            return function(*args, **(kwargs or {}))
def $NAME(*args, **kwargs):
    return Lazy(torch.ones(3, 2))
"""
)
