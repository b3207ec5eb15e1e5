"""Replaces the locked cell with the imports by one that brings a check of its own."""

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    for cell in notebook.cells:
        if info(cell).get("grade_id") == "imports":
            cell.source = "import torch\ncheck = demo = lambda target: 3\n"
            info(cell)["locked"] = False


attack = Attack(edit=edit, works="visible")
