"""Answers with generators that never end, one fast and one that waits before each item."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="""
import itertools, time
def $NAME(*args, **kwargs):
    if len("$NAME") % 2:
        return map(int, itertools.count())
    return (time.sleep(0.5) for _ in itertools.count())
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
