"""Turns the check cells to markdown, and the text cells to code."""

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    for cell in notebook.cells:
        if info(cell).get("grade"):
            cell.cell_type = "markdown" if cell.cell_type == "code" else "code"
            for name in ("outputs", "execution_count"):
                cell.pop(name, None)


attack = Attack(edit=edit, works="nowhere", why="nbgrader puts the type of its own cells back")
