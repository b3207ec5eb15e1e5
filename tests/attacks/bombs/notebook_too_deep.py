"""Hands in JSON that is nested a million deep, in the place of a notebook."""

from tests.attacks import Attack

attack = Attack(
    raw=lambda notebook: b'{"cells": ' + b"[" * 10**6 + b"]" * 10**6 + b"}",
    gains="trouble",
    unreadable=True,
    works="nowhere",
    why="there is nothing to gain; it must get its verdict",
)
