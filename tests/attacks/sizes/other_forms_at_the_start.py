"""Replies with other forms to the very first question, which is only who is there."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
odd = [[{"kind": 5, "type": [], "signature": {}, "seconds": 0.0, "stdout": "", "warnings": []}], [{"seconds": 0.0, "stdout": "", "warnings": [], "value": b""}],
       [{"kind": "value", "seconds": 0.0, "stdout": "", "warnings": []}], [{"error": {}, "seconds": 0.0, "stdout": "", "warnings": []}], [{"kind": "class", "seconds": float("nan"), "stdout": "", "warnings": []}]]
def first(self, request):
    return wire.encode(choose(odd))
Probe.handle = first
""",
    answer=NEXT,
    rounds=2,
    works="nowhere",
    why=MALFORMED,
)
