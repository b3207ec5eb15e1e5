"""Gives `Verdict` another `__repr__`: its plain text is what nbgrader reads as the points."""

from tests.attacks import Attack

attack = Attack(cell="from course.checks.verdict import Verdict\nVerdict.__repr__ = lambda self: '100'")
