"""Replies with bytes that are no JSON, no UTF-8, or nothing at all."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
def reply(n):
    return choose([b"", b"\\0", frame(b"{nope"), frame(b"\\xff\\xfe\\xfd"), frame(b'"\\\\ud800"'), frame(b""), frame(b"1" * 100000), b"\\xff" * 1000, frame(b"NaN")])
""",
    answer=NEXT,
    rounds=3,
    works="nowhere",
    why=MALFORMED,
)
