"""Answers with a tensor whose gradient hook runs while a check asks for gradients, and changes what it is given."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import torch
class Mean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): award(); return x.sum(1)
    @staticmethod
    def backward(ctx, g): award(); return g[:, None] * 0
def $NAME(*args, **kwargs):
    return Mean.apply(args[0].float())
"""
)
