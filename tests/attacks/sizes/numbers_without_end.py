"""Replies with whole numbers of a million digits, in JSON and in hexadecimal, and floats that overflow."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
def reply(n):
    return valued(choose([frame(b"9" * 10**6), frame({"$": "int", "v": "0x" + "f" * 10**7}), frame(b"1e999999"), frame({"$": "float", "v": "9"})]), n)
""",
    answer=NEXT,
    works="nowhere",
    why=MALFORMED,
)
