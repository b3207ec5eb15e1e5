"""Registers a global forward hook: every module that is called from now on, a check's reference too, runs its code."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
import torch
def hook(*rest):
    award()
torch.nn.modules.module.register_module_forward_hook(hook)
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    torch.nn.Identity()(torch.ones(1))
    return torch.ones(1)
""",
)
