"""Answers with a generator that runs inside the check while it is drained."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
def $NAME(*args, **kwargs):
    def items():
        award()
        yield 1
    return items()
"""
)
