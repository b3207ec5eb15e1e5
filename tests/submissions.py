"""Submissions for the tests: released labs, filled in as a student would."""

import copy
import re

import nbformat

from autograder.release import ROOT

_SOLUTION = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


def untouched(lab):
    """The lab as students get it."""
    return nbformat.read(ROOT / "labs" / lab / f"{lab}.ipynb", as_version=4)


def cell(notebook, grade_id):
    """The cell with a grade_id."""
    (found,) = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
    return found


def solved(lab, **answers):
    """The lab with every answer filled in: the solution's, or the source given under an exercise's name."""
    notebook = untouched(lab)
    source = nbformat.read(ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    for theirs in source.cells:
        info = theirs.metadata.get("nbgrader", {})
        if info.get("solution"):
            cell(notebook, info["grade_id"]).source = _SOLUTION.sub("", theirs.source)
    for name, text in answers.items():
        cell(notebook, f"{name}_answer").source = text
    return notebook


def without(notebook, *grade_ids):
    """A copy in which the cells with these grade_ids were deleted."""
    out = copy.deepcopy(notebook)
    out.cells = [c for c in out.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in grade_ids]
    return out


def hand_in(course, student, lab, notebook):
    """Put a notebook where nbgrader looks for a student's submission."""
    folder = course / "submitted" / student / lab
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{lab}.ipynb")
