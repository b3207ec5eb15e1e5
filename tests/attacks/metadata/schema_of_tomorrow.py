"""Claims metadata of a schema that does not exist, and of one that nbgrader converts."""

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    for number, cell in enumerate(notebook.cells):
        if info(cell):
            info(cell)["schema_version"] = 99 if number % 2 else 1
            info(cell)["solution"] = not info(cell).get("solution")
            info(cell)["points"] = float("inf")


attack = Attack(edit=edit, works="nowhere", why="nbgrader refuses such a notebook as a whole")
