"""Changes how the exception of a failed requirement is made: while it is made, points are added to the run that it ends."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
from course.checks.require import Wrong
def init(self, *rest):
    award()
Wrong.__init__ = init
""",
    answer="""
import torch
def $NAME(*args, **kwargs):
    return torch.zeros(2, 2)
""",
)
