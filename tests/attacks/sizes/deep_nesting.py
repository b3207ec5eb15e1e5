"""Replies with lists in lists, a hundred thousand deep."""

from tests.attacks import MALFORMED, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY + "reply = lambda n: valued(frame(b'[' * 100000 + b']' * 100000), n)",
    works="nowhere",
    why=MALFORMED,
)
