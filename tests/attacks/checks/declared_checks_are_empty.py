"""Replaces the decorator that declares checks, so that every check declared from now on tries nothing, and empties the older ones."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import dataclasses
from course.checks.lab import Lab
from course.checks.$LAB import lab
empty = lambda student: "fine"
declare = Lab.check
Lab.check = lambda self, *a, **k: lambda function: declare(self, *a, **k)(
    type(empty)(empty.__code__, globals(), function.__name__))
for name, exercise in lab.exercises.items():
    lab.exercises[name] = dataclasses.replace(exercise, check=empty)
""",
    answer="def $NAME(*args, **kwargs):\n    return None",
)
