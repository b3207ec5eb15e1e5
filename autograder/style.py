"""Puts Python and notebooks into the one form they are kept in: `make style`, or `python -m autograder.style [--check]`.

Python goes through `ruff check --fix` and `ruff format` (settings in pyproject.toml). A notebook keeps its cells, their
ids and the metadata that nbgrader and JupyterLab need; outputs, execution counts and everything else go, so that a diff
shows what a person changed. A cell id that a program made up cannot be repaired here and is reported: ids are names.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import reader
from nbformat.validator import NotebookValidationError

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("course/lessons", "solutions", "labs")

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LINE = 120  # characters of a line of code: what is longer runs off a laptop's page
CELL_METADATA = ("deletable", "editable", "jupyter", "nbgrader", "tags")

# what nbformat (8 hexadecimal digits), JupyterLab (a UUID) and VS Code (base64-like) make up; "T5Block-hint" only looks like the last
_MADE_UP = re.compile(
    r"(?=.*[0-9])[0-9a-f]{8}|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?=.*[0-9])(?=.*[A-Z])(?!.*-(statement|answer|check|hint)$)[A-Za-z0-9_-]{11,12}"
)


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Brings a notebook into the form it is kept in, in place, and returns it.

    Raises ValueError for a notebook older than format 4.5: its cells have no ids, and none may be made up.
    """
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        raise ValueError(
            f"is in format {notebook.nbformat}.{notebook.nbformat_minor}; cells have ids from 4.5 on"
        )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {k: cell.metadata[k] for k in CELL_METADATA if cell.metadata.get(k) not in ([], {}, None)}
        )
        cell.source = cell.source.rstrip("\n")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def dumps(notebook: nbformat.NotebookNode) -> str:
    """The text of a notebook's file: keys in order, indented by 1, one newline at the end."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def problems(notebook: nbformat.NotebookNode) -> list[str]:
    """What is wrong with a notebook and is for a person to put right, a sentence each."""
    found, seen = [], set()
    for number, cell in enumerate(notebook.cells, 1):
        name = cell.get("id", "")
        if not name or _MADE_UP.fullmatch(name):
            found.append(
                f"cell {number} has {f'the made-up id {name!r}' if name else 'no id'}; give it a readable one"
            )
        elif name in seen:
            found.append(f"cell {number} has the id {name!r}, which an earlier cell has too")
        seen.add(name)
        lines = cell.source.split("\n") if cell.cell_type == "code" else []
        found += [
            f"cell {name!r} has a line of {len(line)} characters, and more than {LINE} run off the page: {line.strip()[:40]} …"
            for line in lines
            if len(line) > LINE
        ]
    if not found:  # validation repairs bad ids by making some up, so it comes after
        try:
            nbformat.validate(notebook)
        except NotebookValidationError as error:
            found.append(f"it is not valid: {str(error).splitlines()[0]}")
    return found


def notebooks(root: Path = ROOT) -> list[Path]:
    """Every notebook that git keeps, in order."""
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*.ipynb"))
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def style_notebook(path: Path, check: bool) -> list[str]:
    """Normalises one file (or, with `check`, says that it is not normal); returns the problems that are left.

    A file with problems is left as it is.
    """
    before = path.read_text(encoding="utf-8")
    try:
        notebook = normalise(reader.reads(before))  # nbformat.reads would replace bad ids in silence
    except (ValueError, AttributeError) as error:
        return [f"it {error}" if str(error).startswith("is in format") else f"it is not a notebook: {error}"]
    if found := problems(notebook):
        return found
    after = dumps(notebook)
    if after != before and check:
        return ["it is not in normal form; `make style` puts it right"]
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return []


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m autograder.style", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 when something would change"
    )
    check = parser.parse_args(arguments).check
    ruff = [sys.executable, "-m", "ruff"]
    commands = [[*ruff, "check", "--quiet"], [*ruff, "format", "--quiet"]]
    extra = [[], ["--check"]] if check else [["--fix"], []]
    failed = [
        subprocess.run(command + more, cwd=ROOT).returncode
        for command, more in zip(commands, extra, strict=True)
    ]
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {text}"
        for path in notebooks()
        for text in style_notebook(path, check)
    ]
    print("\n".join(found), end="\n" if found else "")
    if any(failed) or found:
        return 1
    print(f"Python and {len(notebooks())} notebooks are in style.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
