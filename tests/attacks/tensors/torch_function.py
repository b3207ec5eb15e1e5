"""Answers with a tensor subclass: every operation on it, the check's own too, runs its code."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import torch
class Lie(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        award()
        return super().__torch_function__(function, types, args, kwargs or {})
def $NAME(*args, **kwargs):
    return torch.ones(2, 2).as_subclass(Lie)
"""
)
