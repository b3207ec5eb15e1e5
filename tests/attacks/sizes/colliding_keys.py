"""Replies with a dict of keys that all have the same hash, in the place of the reply itself."""

from tests.attacks import MALFORMED, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
colliding = frame({"$": "dict", "v": [[n * (2**61 - 1), 0] for n in range(1, 10001)]})
reply = lambda n: colliding
""",
    limits={"cell": 2.0, "submission": 20.0},
    works="nowhere",
    why=MALFORMED,
)
