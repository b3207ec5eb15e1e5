"""Unlocks the check cells, changes what is in them to numbers, and computes the checksums anew."""

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    for cell in notebook.cells:
        if info(cell).get("grade") and cell.cell_type == "code":
            cell.source = "3.0"
            info(cell)["locked"] = False


attack = Attack(edit=edit, works="nowhere", why="nbgrader puts the source of locked cells back")
