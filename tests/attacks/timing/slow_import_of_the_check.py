"""Makes the probe itself slow: every request waits in a function that it has replaced."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    cell="""
import time
from course.checks.probe import Probe
before = Probe.handle
def handle(self, frame):
    time.sleep(60)
    return before(self, frame)
Probe.handle = handle
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
