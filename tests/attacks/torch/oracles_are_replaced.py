"""Replaces the functions of which an oracle is made, `stack`, `as_tensor` and the matrix product, by zeros like the answer's."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import torch
before = torch.as_tensor
torch.as_tensor = lambda x, *rest, **named: before(x, *rest, **named) * 0
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
