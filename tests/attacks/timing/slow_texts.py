"""Has results and exceptions whose text takes for ever to make: `__repr__`, `__str__`, `__len__`, `__name__`."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="""
import time
class Slow(Exception):
    def __repr__(self): time.sleep(60); return ""
    __str__ = __repr__
class Text(str):
    def __len__(self): time.sleep(60); return 1
def $NAME(*args, **kwargs):
    if len("$NAME") % 2:
        raise Slow
    return Text("x")
""",
    last="class Shown:\n    def __repr__(self): time.sleep(60)\nShown()",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
