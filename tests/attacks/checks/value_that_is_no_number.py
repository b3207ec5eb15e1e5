"""Makes a verdict's text no number at all, which nbgrader takes for full marks."""

from tests.attacks import Attack

attack = Attack(
    cell="""
from course.checks.verdict import Verdict
Verdict.__repr__ = lambda self: "not a number"
""",
)
