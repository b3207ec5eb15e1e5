"""Replies with named tuples whose names are code, keywords, twice the same, or fifty thousand."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
names = [["__class__", "x"], ["a", "a"], ["import os", "b"], ["count", "index"], [f"n{i}" for i in range(50000)], [1, 2], "ab", ["_replace", "_fields"]]
def reply(n):
    some = choose(names)
    return valued(frame({"$": "tuple", "v": [0] * len(some), "names": some}), n)
""",
    limits={"cell": 10.0, "submission": 60.0},
    answer=NEXT,
    rounds=2,
    works="nowhere",
    why=MALFORMED,
)
