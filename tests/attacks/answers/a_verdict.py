"""Answers with a verdict that says it is correct, with the check's own exceptions and with the check itself."""

from tests.attacks import Attack

attack = Attack(
    answer="""
from course.checks.student import StudentError
from course.checks.verdict import Verdict
turn = []
def $NAME(*args, **kwargs):
    turn.append(1)
    if len(turn) % 2:
        return Verdict("$NAME", "correct", 3, 3, "")
    error = StudentError("fine", "correct")
    error.verdict = error.kind = "correct"
    raise error
""",
    works="nowhere",
    why="in process, too, a verdict is an object like any other once it has crossed as plain data",
)
