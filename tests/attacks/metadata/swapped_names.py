"""Swaps the grade_ids, so that the check of one exercise stands behind the answer of another, and both behind an answer cell of another name."""

from tests.attacks import Attack
from tests.attacks.submission import exercises, info


def edit(notebook):
    names = exercises(notebook)
    other = dict(zip(names, names[1:] + names[:1], strict=True))
    for cell in notebook.cells:
        if info(cell).get("grade_id") in other:
            info(cell)["grade_id"] = other[info(cell)["grade_id"]]


attack = Attack(
    edit=edit,
    answer="def $NAME(*args, **kwargs):\n    return 'frozen'",
    works="nowhere",
    why="the source of a locked cell follows its grade_id, in nbgrader too",
)
