"""Answers with a tensor whose `requires_grad` is a property that runs its code while a reply is made."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import torch
class Lie(torch.Tensor):
    @property
    def requires_grad(self): award(); return False
def $NAME(*args, **kwargs):
    return torch.ones(2, 2).as_subclass(Lie)
"""
)
