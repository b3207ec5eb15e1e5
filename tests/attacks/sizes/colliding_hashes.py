"""Replies with a set of ten thousand numbers that all have the same hash, which takes the square of the time to build."""

from tests.attacks import MALFORMED, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
colliding = wire.encode(0)[:0] + frame({"$": "set", "v": [n * (2**61 - 1) for n in range(1, 10001)]})
reply = lambda n: valued(colliding, n)
""",
    limits={"cell": 2.0, "submission": 20.0},
    works="nowhere",
    why=MALFORMED,
)
