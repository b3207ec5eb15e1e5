"""Adds cells of its own that claim points, under names that the release does not have."""

import nbformat

from tests.attacks import Attack


def edit(notebook):
    about = {
        "grade": True,
        "solution": False,
        "locked": True,
        "schema_version": 3,
        "task": False,
        "cell_type": "code",
    }
    for number in range(3):
        cell = nbformat.v4.new_code_cell("100")
        cell.metadata["nbgrader"] = {**about, "points": 100, "grade_id": f"bonus_{number}"}
        notebook.cells.append(cell)


attack = Attack(
    edit=edit, works="nowhere", why="nbgrader takes the metadata off cells that its gradebook does not know"
)
