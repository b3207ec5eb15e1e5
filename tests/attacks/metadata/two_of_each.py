"""Repeats each check cell: the first with a source of its own, the second as it was."""

import copy

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    cells = []
    for cell in notebook.cells:
        if info(cell).get("grade") and cell.cell_type == "code":
            double = copy.deepcopy(cell)
            double.source, double["id"] = "3.0", cell["id"][:-1] + "x"
            cells.append(double)
        cells.append(cell)
    notebook.cells = cells


attack = Attack(
    edit=edit, works="nowhere", why="nbgrader takes the metadata off all but one, and restores that one"
)
