"""Tags its answers as cells that only show, so that they are not run and their outputs, which it wrote itself, are believed."""

import nbformat

from course.checks.verdict import MIME
from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    said = {"text/plain": "3", MIME: {"verdict": "correct", "points": 3, "max_points": 3}}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata["tags"] = ["display-only"]
            cell.outputs = [nbformat.v4.new_output("execute_result", said, execution_count=1)]
            info(cell)["solution"] = False


attack = Attack(edit=edit, works="nowhere", why="nbgrader knows no such tag and runs every cell")
