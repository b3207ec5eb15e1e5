"""Answers with a wrapper tensor that has `__torch_dispatch__`: what it holds is decided when it is copied."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import torch
class Wrapper(torch.Tensor):
    @staticmethod
    def __new__(cls):
        return torch.Tensor._make_wrapper_subclass(cls, (2, 2))
    __torch_function__ = torch._C._disabled_torch_function_impl
    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        award()
        return torch.ones(2, 2)
def $NAME(*args, **kwargs):
    return Wrapper()
"""
)
