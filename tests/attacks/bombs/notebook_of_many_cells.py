"""Hands in a notebook of a hundred thousand cells."""

import json

from tests.attacks import Attack


def raw(notebook):
    notebook.cells += [
        {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
    ] * 100_000
    return json.dumps(notebook).encode()


attack = Attack(
    raw=raw,
    gains="trouble",
    unreadable=True,
    works="nowhere",
    why="there is nothing to gain; it must get its verdict soon",
)
