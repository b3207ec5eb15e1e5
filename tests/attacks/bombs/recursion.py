"""Recurses without end: in Python with the limit lifted, in the parser, in C."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS,
    answer="""
import sys
def $NAME(*args, **kwargs):
    sys.setrecursionlimit(10**9)
    class Deep:
        def __repr__(self): return repr(self)
        def __getattr__(self, name): return getattr(self, name)
    return repr(Deep()) if len("$NAME") % 2 else $NAME(*args)
""",
    gains="trouble",
    limits={"cell": 5.0, "call": 2.0, "submission": 30.0},
    works="nowhere",
    why=HARM,
)
