"""Raises the points of every exercise to a thousand and shortens its check to nothing, in the frozen dataclass itself."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import course.checks.lab as machinery
made = machinery.Exercise.__init__
def init(self, name, check, points, *rest, **named):
    made(self, name, lambda student: None, 1000.0, *rest, **named)
machinery.Exercise.__init__ = init
from course.checks.$LAB import lab
for exercise in lab.exercises.values():
    object.__setattr__(exercise, "check", lambda student: None)
    object.__setattr__(exercise, "points", 1000.0)
""",
    answer="def $NAME(*args, **kwargs):\n    return 0",
)
