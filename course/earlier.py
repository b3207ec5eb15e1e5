"""What a student wrote in another lab, for a lab that builds on it.

    lab08 = earlier("lab08_t5")
    model = lab08.T5(2000)

The definitions of the notebook beside this one are made anew, and nothing else of it runs: no training, no check, no picture.
"""

import ast
import json
from pathlib import Path
from types import SimpleNamespace

from course import chapters

MADE = ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef


def earlier(lab: str, folder: str | Path = "..") -> SimpleNamespace:
    """The functions, classes and plain constants that a lab's notebook defines, under their names; what came last under a name counts.

    lab: its name, such as "lab08_t5"; folder: where the labs' folders are, as seen from the notebook that asks.
    What is not written yet raises its NotImplementedError when it is used. What cannot be made without the rest of the notebook is left
    out, and imports that fail. Raises FileNotFoundError where there is no such notebook, ValueError for a name that is no lab's or a file that is no notebook.
    """
    name = chapters.find(lab).lab
    path = Path(folder) / name / f"{name}.ipynb"
    if not path.is_file():
        raise FileNotFoundError(f"There is no {name}/{name}.ipynb beside this lab's folder.")
    try:
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]  # fmt: skip
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{name}.ipynb cannot be read as a notebook; open it in JupyterLab, and save it.") from None  # fmt: skip
    names = {"__name__": name}
    for source in sources:
        for statement in _definitions(source):
            code = compile(ast.Module([statement], []), f"{name}.ipynb", "exec")
            try:
                exec(code, names)
            except Exception:  # of whatever kind: it needs what only a run of the whole notebook makes
                continue
    return SimpleNamespace(**{key: value for key, value in names.items() if not key.startswith("__")})


def _definitions(source: str) -> list[ast.stmt]:
    """What is kept of a cell; of one that is no Python (a magic, a line half written) nothing."""
    try:
        return [
            statement
            for statement in ast.parse(source).body
            if isinstance(statement, MADE) or _constant(statement)
        ]
    except SyntaxError:
        return []


def _constant(statement: ast.stmt) -> bool:
    """Whether it gives a name to numbers or texts that stand there."""
    if not isinstance(statement, ast.Assign):
        return False
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True
