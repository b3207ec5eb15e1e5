"""Replies with lists in lists, as deep as the parser just allows, as the reply itself."""

from tests.attacks import MALFORMED, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY + "reply = lambda n: frame(b'[' * 900 + b']' * 900)",
    works="nowhere",
    why=MALFORMED,
)
