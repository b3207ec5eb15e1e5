"""Answers with a callable object whose signature is asked of its own code, again and again."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Callable:
    @property
    def __signature__(self): award(); raise ValueError
    @property
    def __wrapped__(self): award(); raise AttributeError
    def __call__(self, *rest, **named): raise ValueError("no")
$NAME = Callable()
"""
)
