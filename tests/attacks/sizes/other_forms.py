"""Replies with JSON of another form: no list, too many, too few, lists of lists, the types of its fields exchanged."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
fine = {"value": wire.encode(1), "seconds": 0.0, "stdout": "", "warnings": []}
odd = [3, "x", {}, [], [[]], [fine] * 7, [{**fine, "seconds": "0"}], [{**fine, "stdout": []}], [{**fine, "warnings": {"a": 1}}], [{**fine, "value": "x"}],
       [{**fine, "value": 7}], [{"error": 5}], [{"error": {"kind": {}, "frames": 7}}], [{"error": {"kind": [], "frames": [7, None], "bases": {"a": 1}}}],
       [{**fine, "changed": 5}], [{**fine, "changed": [[1]]}], [{**fine, "warnings": [1, None, {}]}], [{"kind": "correct", "seconds": 0.0, "stdout": "", "warnings": []}],
       [{"value": wire.encode([{"$": 1}]), "error": None, "seconds": 0.0, "stdout": "", "warnings": []}], None]
def reply(n):
    out = choose(odd)
    return wire.encode(out * n if isinstance(out, list) and len(out) == 1 else out)
""",
    answer=NEXT,
    rounds=5,
    works="nowhere",
    why=MALFORMED,
)
