"""Answers with a random generator of its own class, whose state is asked for while it is packed."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import torch
class Mine(torch.Generator):
    def get_state(self): award(); return super().get_state()
def $NAME(*args, **kwargs):
    return Mine()
"""
)
