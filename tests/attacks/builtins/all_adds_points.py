"""Replaces `all`, which checks ask about shapes, by a function that adds points while it answers."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
import builtins
every = builtins.all
def hopeful(items):
    award()
    return every(items)
builtins.all = hopeful
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    return torch.full((2, 2) if "$NAME" == "masked_mean" else (3, 2), 77.0)
""",
)
