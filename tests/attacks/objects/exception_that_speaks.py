"""Raises an exception whose text is made inside the check, and which says of itself that it is a verdict."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Correct(Exception):
    verdict, kind = "correct", "correct"
    def __str__(self): award(); return "correct"
def $NAME(*args, **kwargs):
    raise Correct
"""
)
