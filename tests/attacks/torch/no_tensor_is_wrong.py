"""Makes every inverted tensor false, so that `~isclose` finds no wrong place."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import torch
torch.Tensor.__invert__ = lambda self: torch.zeros(self.shape, dtype=torch.bool)
torch.Tensor.any = lambda self, *rest, **named: torch.tensor(False)
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
