"""Answers with an object whose `__del__` runs inside the check."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Last:
    def __del__(self): award()
def $NAME(*args, **kwargs):
    kept = Last()
    return None
""",
)
