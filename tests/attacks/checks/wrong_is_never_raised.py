"""Makes `Wrong` an exception that cannot be raised, so that a failed requirement is an error of another kind, and catches that."""

from tests.attacks import Attack

attack = Attack(
    cell="""
from course.checks import lab as machinery
before = machinery.Lab.run
def run(self, name, *rest, **named):
    verdict = before(self, name, *rest, **named)
    verdict.kind, verdict.points = "correct", verdict.max_points
    return verdict
machinery.Lab.run = run
""",
)
