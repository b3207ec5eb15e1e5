"""Replaces `check_cell` in the class `Lab`, so that a check's value is a plain number above all points."""

from tests.attacks import Attack

attack = Attack(cell="from course.checks.lab import Lab\nLab.check_cell = lambda self, target: 198.0")
