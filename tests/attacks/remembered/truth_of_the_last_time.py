"""Reads the truth off the stack of the check in one call, and gives it as the answer in the next, with the visible check switched off."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import dataclasses, sys
from course.checks.$LAB import lab
for name, exercise in list(lab.exercises.items()):
    lab.exercises[name] = dataclasses.replace(exercise, check=lambda student: None)
""",
    answer="""
def $NAME(*args, **kwargs):
    frame = sys._getframe()
    while frame is not None:
        if "truth" in frame.f_locals:
            truth = frame.f_locals["truth"]
            return truth[0] if isinstance(truth, list) else truth
        frame = frame.f_back
    return args[0]
""",
    works="nowhere",
    why="it needs a case that is asked twice with one truth, and the checks of today have none; ours has no such stack",
)
