"""Gives `Verdict` another MIME bundle, with full points in its text and in its JSON."""

from tests.attacks import Attack

attack = Attack(
    cell="""
from course.checks import verdict
def bundle(self, include=None, exclude=None):
    said = {**self.to_dict(), "verdict": "correct", "points": 99, "max_points": 1}
    return {"text/plain": "3", "text/html": "<b>correct</b>", verdict.MIME: said}
verdict.Verdict._repr_mimebundle_ = bundle
""",
)
