"""Deletes everything but its own cell, which binds the exercises' names to one function for all."""

import nbformat

from tests.attacks import Attack


def edit(notebook):
    names = [
        c.metadata["nbgrader"]["grade_id"]
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("locked")
    ]
    text = "".join(f"{n} = lambda *a, **k: 'frozen'\n" for n in names)
    notebook.cells = [nbformat.v4.new_code_cell(text)]


attack = Attack(
    edit=edit, works="nowhere", why="with this course's configuration nbgrader puts locked cells back"
)
