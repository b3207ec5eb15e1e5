"""A tiny lab in a folder of its own, so that the tests of set-up, submission and release need no lab of the course."""

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[1]

# Stands in for `course.checks`: a verdict with the same face (a number as text, the verdict as JSON).
IMPORTS = """\
class Verdict:
    def __init__(self, exercise, verdict, points, message):
        self.said = {"exercise": exercise, "verdict": verdict, "points": points, "max_points": 2, "message": message}

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self.said["points"]), "application/vnd.course.verdict+json": self.said}


def check(function):
    try:
        right = function(2) == 4
    except NotImplementedError:
        return Verdict(function.__name__, "missing", 0, f"{function.__name__} is not written yet.")
    if right:
        return Verdict(function.__name__, "correct", 2, "Right on every visible case.")
    return Verdict(function.__name__, "wrong-answer", 0, "For 2 it should give 4.")
"""


def _cell(new, name, grade_id, source, **about):
    nbgrader = {
        "grade": False,
        "solution": False,
        "locked": False,
        "schema_version": 3,
        "task": False,
        "grade_id": grade_id,
    }
    return new(source, id=name, metadata={"nbgrader": {**nbgrader, **about}})


def solution(*exercises: str) -> nbformat.NotebookNode:
    """The source notebook of a lab whose exercises all double a number, with a question for a person to mark."""
    cells = [
        new_markdown_cell("# A lab", id="title"),
        _cell(new_code_cell, "imports", "imports", IMPORTS, locked=True),
    ]
    for name in exercises:
        body = f'def {name}(x):\n    """Twice x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION'
        hidden = f"### BEGIN HIDDEN TESTS\nassert {name}(3) == 6\n### END HIDDEN TESTS\ncheck({name})"
        cells += [
            _cell(new_code_cell, f"{name}-answer", f"{name}_answer", body, solution=True),
            _cell(new_code_cell, f"{name}-check", name, hidden, grade=True, locked=True, points=2),
        ]
    cells.append(
        _cell(
            new_markdown_cell, "reflection", "reflection", "It doubles.", grade=True, solution=True, points=2
        )
    )
    kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    return notebook


def write(notebook: nbformat.NotebookNode, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def course_root(folder: Path) -> Path:
    """A folder with nbgrader's configuration, two labs in solutions/ and nothing in labs/ yet."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    write(solution("double", "twice"), folder / "solutions" / "lab90_double" / "lab90_double.ipynb")
    write(solution("again"), folder / "solutions" / "lab91_again" / "lab91_again.ipynb")
    (folder / "solutions" / "lab90_double" / "words.txt").write_text("one\ntwo\n")
    return folder


def cell(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    """The cell with this grade_id."""
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
