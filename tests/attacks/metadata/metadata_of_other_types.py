"""Gives the grading metadata types that nobody expects: lists, numbers, texts, nothing, deep trees."""

from tests.attacks import Attack
from tests.attacks.submission import info


def edit(notebook):
    deep = {}
    for _ in range(200):
        deep = {"nbgrader": deep}
    odd = [
        [],
        7,
        "masked_mean",
        None,
        {"grade_id": ["x"]},
        {"grade_id": {"a": 1}},
        {"grade_id": ""},
        deep,
        {"grade_id": "../../x"},
    ]
    for number, cell in enumerate(notebook.cells):
        if info(cell):
            cell.metadata["nbgrader"] = odd[number % len(odd)]
    notebook.metadata["nbgrader"] = notebook.metadata["kernelspec"] = 3
    notebook.metadata["language_info"] = []


attack = Attack(
    edit=edit, gains="trouble", works="nowhere", why="nbgrader refuses such a notebook as a whole"
)
