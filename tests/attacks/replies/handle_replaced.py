"""Replaces the probe's `handle`: every request is answered with a verdict, and in process points are added meanwhile."""

from tests.attacks import AWARD, REPLY, Attack

attack = Attack(
    cell=AWARD
    + REPLY
    + """
def reply(n):
    award()
    claim = {"value": wire.encode("correct"), "seconds": 0.0, "stdout": "", "warnings": [], "verdict": "correct", "points": 3, "score": 3}
    return wire.encode([claim] * n)
""",
)
