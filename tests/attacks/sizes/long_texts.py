"""Replies with texts of fifty megabytes wherever a text may stand: printed, warned, raised, named."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
long = "x<&" * 15_000_000
def reply(n):
    out = {"value": wire.encode(1), "seconds": 0.0, "stdout": long, "warnings": ["w"] * 100000}
    if choose([False, True]):
        out = {"error": {"kind": "error", "type": long, "message": long, "signature": long, "frames": [{"name": long, "line": long, "text": long}] * 2, "bases": ["b"] * 100000}, "seconds": 0.0, "stdout": "", "warnings": []}
    return wire.encode([out])
""",
    limits={"cell": 20.0, "submission": 60.0},
    answer=NEXT,
    works="nowhere",
    why=MALFORMED,
)
