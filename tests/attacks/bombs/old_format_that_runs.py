"""Hands in a notebook of format 3, whose conversion is done by other code, with its cells in worksheets that are none."""

import json

from tests.attacks import Attack


def raw(notebook):
    cells = [
        {"cell_type": "code", "input": 3, "outputs": 5, "language": "python", "metadata": []},
        {"cell_type": "heading", "level": "x", "source": None},
    ]
    return json.dumps(
        {"nbformat": 3, "nbformat_minor": -1, "metadata": [], "worksheets": [{"cells": cells}, 7]}
    ).encode()


attack = Attack(
    raw=raw,
    gains="trouble",
    unreadable=True,
    works="nowhere",
    why="there is nothing to gain; it must get its verdict",
)
