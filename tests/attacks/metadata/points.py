"""Writes a thousand points into the metadata of every check cell and of the question for a person."""

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    for cell in notebook.cells:
        if info(cell).get("grade"):
            info(cell)["points"] = 1000
            info(cell)["checksum"] = "0" * 32


attack = Attack(edit=edit, works="nowhere", why="nbgrader puts the points of its own gradebook back")
