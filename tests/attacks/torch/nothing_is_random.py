"""Replaces `torch.randn` by zeros: then hidden cases are known, and a table of zeros answers them; the visible ones it knows by heart."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import torch
torch.randn = lambda *size, generator=None, **named: torch.zeros(*size, **named)
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    a, b = args[0], args[1]
    if "$NAME" == "pairwise_dot":
        known = {(3, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2): [[3.0, 5.0], [8.0, 12.0]]}
        shape = (*a.shape[:-1], b.shape[-2])
        return torch.tensor(known[shape]) if shape in known and a.any() else a.new_zeros(shape)
    return a.new_zeros(1)
""",
)
