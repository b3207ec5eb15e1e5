"""Hands in a notebook of sixty megabytes."""

import json

from tests.attacks import Attack


def raw(notebook):
    notebook.cells[0].source = "x" * (60 * 2**20)
    return json.dumps(notebook).encode()


attack = Attack(
    raw=raw,
    gains="trouble",
    unreadable=True,
    works="nowhere",
    why="there is nothing to gain; it must get its verdict soon",
)
