"""Answers with a text that is equal to every text, and that adds points when its length is asked for."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Text(str):
    def __eq__(self, other): return True
    def __hash__(self): return hash("frozen")
    def __contains__(self, other): return True
    def __len__(self): award(); return 6
def $NAME(*args, **kwargs):
    return Text("frozen")
"""
)
