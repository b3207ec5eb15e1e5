"""Replaces `Tensor.nonzero`, by which a check finds the first wrong place, and the truth value of tensors."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
import torch
before = torch.Tensor.nonzero
def nonzero(self, *rest, **named):
    award()
    return before(self, *rest, **named)
torch.Tensor.nonzero = nonzero
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    return torch.full((2, 2) if "$NAME" == "masked_mean" else (3, 2), 77.0)
""",
)
