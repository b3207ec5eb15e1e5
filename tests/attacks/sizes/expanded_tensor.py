"""Answers with a tensor of a billion elements that holds one number, and with one of which the strides lie."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import torch
def $NAME(*args, **kwargs):
    one = torch.zeros(1)
    return one.expand(10**9) if len("$NAME") % 2 else one.as_strided((10**5, 10**5), (0, 0))
""",
    gains="trouble",
    works="nowhere",
    why="in process, too, the size is looked at before anything is copied",
)
