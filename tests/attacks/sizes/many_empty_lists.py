"""Replies with six million empty lists in eighteen megabytes, which take a hundred times the room once they are read."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
much = frame(b"[" + b"[]," * 6_000_000 + b"0]")
reply = lambda n: valued(much if len(turn) == 1 else wire.encode(0), n)
""",
    limits={"cell": 20.0, "submission": 60.0},
    answer=NEXT,
    works="nowhere",
    why=MALFORMED,
)
