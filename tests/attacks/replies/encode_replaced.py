"""Replaces `wire.encode`, through which all replies go, so that each of them carries points."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
from course.checks import wire
before = wire.encode
def encode(value, **options):
    award()
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = [{**v, "points": 3, "max_points": 3, "verdict": "correct", "kind": "function"} for v in value]
    return before(value, **options)
wire.encode = encode
""",
    answer="def $NAME(*args, **kwargs):\n    return 0",
)
