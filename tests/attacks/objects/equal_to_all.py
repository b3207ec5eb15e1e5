"""Answers with an object that is equal to everything, and lies about its class."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import torch
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __bool__(self): return True
    def __getattr__(self, name): award(); return Equal()
    def __call__(self, *rest, **named): return Equal()
    @property
    def __class__(self): award(); return torch.Tensor
def $NAME(*args, **kwargs):
    return Equal()
"""
)
