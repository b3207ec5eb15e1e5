"""Raises what the machinery itself raises, so that it might be taken for its own: `TimeLimit`, `WireError`, `Wrong`, `StopIteration`."""

from tests.attacks import Attack

attack = Attack(
    answer="""
from course.checks.limits import TimeLimit
from course.checks.require import Wrong
from course.checks.wire import WireError
turn = []
def $NAME(*args, **kwargs):
    turn.append(1)
    raise [TimeLimit(), Wrong("fine"), WireError("fine"), StopIteration(), GeneratorExit(), SystemExit(0), EOFError(), TimeoutError()][len(turn) % 8]
""",
    last="import sys\nsys.exit(0)",
    works="nowhere",
    why="in process, too, an exception is no answer",
)
