"""Swaps the code object of the visible check functions and of `Student.many`, found by searching all living objects."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import gc, types
from course.checks.lab import Lab
def run(self, name, transport, call_limit=None, cell_limit=180.0):
    from course.checks.verdict import Verdict
    return Verdict(name, "correct", 3, 3, "")
gc.unfreeze()
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__qualname__ == "Lab.run":
        thing.__code__ = run.__code__
        thing.__defaults__ = run.__defaults__
""",
)
