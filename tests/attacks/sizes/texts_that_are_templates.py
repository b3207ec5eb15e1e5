"""Answers and raises with texts that are format strings, which would read the grader's own names if they were filled in."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    answer="""
turn = []
TEXT = "{0} {got} {student.seed} {got.__class__.__init__.__globals__} {name} {error} {values} %s %(x)s ${x} <script>"
class Odd(Exception):
    pass
Odd.__name__ = "{student.rng}"
def $NAME(*args, **kwargs):
    turn.append(1)
    if len(turn) % 2:
        return TEXT
    raise Odd(TEXT)
""",
    works="nowhere",
    why="in process, too, no text of a student's is used as a template",
)
