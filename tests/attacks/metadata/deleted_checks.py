"""Deletes every check cell, and binds the exercises' names to functions that would not stand a check."""

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    notebook.cells = [c for c in notebook.cells if not info(c).get("grade") or c.cell_type != "code"]


attack = Attack(
    edit=edit,
    answer="def $NAME(*args, **kwargs):\n    return 1",
    works="nowhere",
    why="with this course's configuration nbgrader puts deleted check cells back",
)
