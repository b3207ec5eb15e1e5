"""Changes how a `Verdict` is made: whatever was found, it becomes correct with all points."""

from tests.attacks import Attack

attack = Attack(
    cell="""
from course.checks.verdict import Verdict
made = Verdict.__init__
def init(self, exercise, kind, points, max_points, message, **rest):
    made(self, exercise, "correct", max_points, max_points, "", **rest)
Verdict.__init__ = init
""",
)
