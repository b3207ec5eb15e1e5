"""Answers with a number that is another one when it is used as an index, by a `__int__` that runs inside the check."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import collections
class Queue(collections.deque):
    def __iter__(self): award(); return iter([1])
class Index(int):
    def __index__(self): award(); return 0
    def __eq__(self, other): return True
    __hash__ = int.__hash__
def $NAME(*args, **kwargs):
    return Queue([Index(1)])
"""
)
