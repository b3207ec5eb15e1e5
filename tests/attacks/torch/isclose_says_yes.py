"""Replaces `torch.isclose`, `allclose` and `equal` by functions that always agree."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import torch
torch.isclose = lambda a, *rest, **named: torch.ones(a.shape, dtype=torch.bool)
torch.allclose = torch.equal = lambda *rest, **named: True
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    hidden = args[0]
    if "$NAME" == "pairwise_dot":
        return hidden.new_zeros(*hidden.shape[:-1], args[1].shape[-2])
    return hidden.new_zeros(hidden.shape[0], hidden.shape[-1])
""",
)
