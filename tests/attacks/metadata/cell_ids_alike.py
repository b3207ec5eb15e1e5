"""Gives all cells the same id, and one a name that is a path."""

from tests.attacks import Attack


def edit(notebook):
    for cell in notebook.cells:
        cell["id"] = "same"
    notebook.cells[0]["id"] = "../../gradebook"


attack = Attack(
    edit=edit,
    gains="trouble",
    works="nowhere",
    why="there is nothing to gain; the notebook must be graded as ever",
)
