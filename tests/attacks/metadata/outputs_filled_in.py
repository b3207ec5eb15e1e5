"""Hands in check cells with outputs: full points, a verdict, a page."""

import nbformat

from course.checks.verdict import MIME
from tests.attacks import Attack


def edit(notebook):
    said = {
        "text/plain": "3",
        "text/html": "<b>correct</b>",
        MIME: {"verdict": "correct", "points": 3, "max_points": 3},
    }
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", said, execution_count=1)]
            cell.execution_count = 1


attack = Attack(edit=edit, works="nowhere", why="nbgrader clears all outputs and runs the cells again")
