"""Answers with numbers whose `__float__`, `__index__` and comparisons lie, in a set that adds points when it is walked."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Number(float):
    def __float__(self): return 3.0
    def __index__(self): return 3
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __hash__(self): return 0
class Numbers(set):
    def __iter__(self): award(); return iter([Number(3)])
def $NAME(*args, **kwargs):
    return Numbers([Number(1)])
""",
)
