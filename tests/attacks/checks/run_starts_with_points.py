"""Replaces the class in which a check keeps its parts by one that has an earned part from the start."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import course.checks.lab as machinery
from course.checks.require import Part
class Run(machinery.Run):
    def __init__(self):
        super().__init__()
        self.parts.append(Part("", 0, 2.0))
machinery.Run = Run
""",
    answer="def $NAME(*args, **kwargs):\n    return 0",
)
