"""`make submit LAB=lab01_cbow`: runs a lab's visible checks from the top, says what is missing, writes the file to hand in.

A throw-away copy of the notebook is executed in a fresh kernel, so that it shows what the instructor will get: cells that
only worked because of their order, or of a variable since deleted, fail here too. As nbgrader does, check cells and
locked cells are first put back to what the lab had. The file that is handed in is the student's own, byte for byte.
"""

import contextlib
import copy
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
VERDICT = "application/vnd.course.verdict+json"
CELL_SECONDS = 180  # as the grader's
TIMED_OUT = {"ename": "TimeLimit", "evalue": f"stopped after {CELL_SECONDS} s", "traceback": []}


class Refusal(Exception):
    """One sentence for the student: why nothing was written."""


@dataclass
class Result:
    """What one exercise got from its visible check; verdict as in `course.checks`, or "not run"."""

    exercise: str
    verdict: str
    points: float
    max_points: float
    message: str


def _nbgrader(cell: nbformat.NotebookNode) -> dict[str, Any]:
    return cell.metadata.get("nbgrader", {})


def _by_id(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    """grade_id -> cell; of several with one id the last counts, as for nbgrader."""
    return {_nbgrader(cell)["grade_id"]: cell for cell in notebook.cells if _nbgrader(cell).get("grade_id")}


def checks(lab: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The lab's check cells, in order."""
    return [
        cell for cell in lab.cells if _nbgrader(cell).get("grade") and not _nbgrader(cell).get("solution")
    ]


def questions(lab: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells whose answer a person marks, such as `reflection`."""
    return [cell for cell in lab.cells if _nbgrader(cell).get("grade") and _nbgrader(cell).get("solution")]


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook from its file. Raises Refusal when there is none, or it is not a notebook."""
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise Refusal(
            f"There is no notebook {path}; `make lab` copies the labs into work/ for you."
        ) from None
    except OSError as error:
        raise Refusal(f"The notebook {path} could not be read: {error.strerror}.") from None
    except Exception:  # JSON, encoding, schema: nbformat raises a different type for each
        raise Refusal(
            f"{path} is not a notebook that can be read; open it in JupyterLab, repair it and save it."
        ) from None


def restored(
    mine: nbformat.NotebookNode, lab: nbformat.NotebookNode
) -> tuple[nbformat.NotebookNode, list[str]]:
    """A copy of the student's notebook with the lab's own check cells and locked cells, and what that changed, in words.

    A check cell that was deleted comes back after the exercise's answer cell; without that, at the end.
    """
    notebook, notes = copy.deepcopy(mine), []
    found = _by_id(notebook)
    for cell in lab.cells:
        about = _nbgrader(cell)
        name = about.get("grade_id")
        if not name or not (about.get("locked") or about.get("grade")) or about.get("solution"):
            continue
        if name in found:
            if found[name].source.strip() != cell.source.strip() or found[name].cell_type != cell.cell_type:
                position = next(i for i, c in enumerate(notebook.cells) if c is found[name])
                notebook.cells[position] = copy.deepcopy(cell)
                notes.append(
                    f"The cell {name!r} was changed; the lab's own counts, here and when you are graded."
                )
        elif about.get("grade"):
            answer = found.get(f"{name}_answer")
            after = [i for i, c in enumerate(notebook.cells) if answer is not None and c is answer]
            notebook.cells.insert(after[0] + 1 if after else len(notebook.cells), copy.deepcopy(cell))
            notes.append(
                f"The check cell of {name} was deleted; it was put back for this run, and is when you are graded."
            )
    return notebook, notes


@contextlib.contextmanager
def _line(text: str) -> Iterator[None]:
    """Shows what is running: on a terminal at once, and afterwards everywhere if it took over a second."""
    live = sys.stdout.isatty()
    if live:
        print(f"  {text} …", end="", flush=True)
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds = time.perf_counter() - start
        if live:
            print("\r\033[K", end="", flush=True)
        if seconds > 1:
            print(f"  {text}: {seconds:.0f} s", flush=True)


def execute(notebook: nbformat.NotebookNode, folder: Path) -> str:
    """Runs all cells in place, in a fresh kernel with `folder` as its working folder; errors in a cell do not stop it.

    Returns "" or, when the kernel did not come through, a sentence that says where it was lost.
    """
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        startup_timeout=120,
        kernel_name="python3",
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout=TIMED_OUT,
        store_widget_state=False,
        extra_arguments=["--log-level=ERROR"],  # its remarks are not for students
        resources={"metadata": {"path": str(folder)}},
    )
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    where = "the start of its kernel"
    try:
        with contextlib.ExitStack() as stack:
            with _line("starting a kernel"):
                stack.enter_context(client.setup_kernel())
            for number, cell in enumerate(notebook.cells, 1):
                if cell.cell_type != "code":
                    continue
                name = _nbgrader(cell).get("grade_id") or cell.get("id", "")
                where = f"cell {number} ({name})" if name else f"cell {number}"
                with _line(f"{where} of {len(notebook.cells)}"):
                    client.execute_cell(cell, number - 1)
    except DeadKernelError:
        return (
            f"The kernel died in {where}: most often it ran out of memory. Nothing after that cell was run."
        )
    except (CellTimeoutError, RuntimeError) as error:
        return f"The notebook stopped in {where}: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
    return ""


def verdicts(notebook: nbformat.NotebookNode, lab: nbformat.NotebookNode) -> list[Result]:
    """One result for each check cell of the lab, read from the executed notebook."""
    found, results = _by_id(notebook), []
    for check in checks(lab):
        name, most = _nbgrader(check)["grade_id"], float(_nbgrader(check)["points"])
        result = Result(name, "not run", 0.0, most, "The run stopped before this check.")
        for output in found[name].get("outputs", []):
            if output.output_type == "execute_result" and VERDICT in output.data:
                said = output.data[VERDICT]
                result = Result(name, said["verdict"], float(said["points"]), most, said["message"])
                break
            if output.output_type == "error":
                said = f"{output.ename}: {output.evalue}".splitlines()[0]
                result = Result(
                    name,
                    "error",
                    0.0,
                    most,
                    f"The check cell itself ended in {said}. Did an earlier cell fail?",
                )
                break
        results.append(result)
    return results


def missing(mine: nbformat.NotebookNode, lab: nbformat.NotebookNode, results: list[Result]) -> list[str]:
    """What the student has still to do, a line each."""
    found = _by_id(mine)
    lines = [f"{r.exercise}: not written yet" for r in results if r.verdict == "missing"]
    for question in questions(lab):
        name = _nbgrader(question)["grade_id"]
        if name not in found:
            lines.append(f"{name}: the cell for your answer was deleted; copy it back from labs/")
        elif found[name].source.strip() in ("", question.source.strip()):
            lines.append(f"{name}: not answered yet")
    return lines


def table(results: list[Result], width: int) -> str:
    """exercise, verdict, points and message in columns, the message wrapped to `width` characters a line."""
    name = max(len("exercise"), *(len(r.exercise) for r in results))
    head = f"{'exercise':{name}}  {'verdict':12}  {'points':>9}  message"
    left = len(head) - len("message")
    lines = [head, "-" * min(width, left + 40)]
    for r in results:
        points = f"{r.points:g} of {r.max_points:g}"
        message = textwrap.wrap(" ".join(r.message.split()), max(30, width - left)) or [""]
        lines.append(f"{r.exercise:{name}}  {r.verdict:12}  {points:>9}  {message[0]}".rstrip())
        lines += [" " * left + more for more in message[1:]]
    return "\n".join(lines)


def submit(name: str, given: str | None = None, root: Path = ROOT) -> Path:
    """Checks and writes one lab, and prints what a student wants to know; returns the file to hand in.

    Raises Refusal when there is no such lab, or no readable notebook.
    """
    labs = sorted(
        path.parent.name for path in (root / "labs").glob("*/*.ipynb") if path.stem == path.parent.name
    )
    if name not in labs:
        which = f"There is no lab {name!r}" if name else "Which lab? Say LAB=… after make submit"
        raise Refusal(f"{which}; there are {', '.join(labs) or 'none'}.")
    path = Path(given) if given else root / "work" / name / f"{name}.ipynb"
    lab, mine = read(root / "labs" / name / f"{name}.ipynb"), read(path)
    handed = root / "work" / "submit" / f"{name}.ipynb"
    handed.parent.mkdir(parents=True, exist_ok=True)
    if not (handed.exists() and handed.samefile(path)):
        shutil.copyfile(path, handed)  # first of all: whatever the run brings, there is something to hand in

    print(f"Running {path} from the top, in a fresh kernel, with the visible checks.", flush=True)
    if not set(_by_id(mine)) & set(_by_id(lab)):
        print(f"None of the cells of {name} are in it: is this the right notebook?")
    notebook, notes = restored(mine, lab)
    stopped = execute(notebook, path.resolve().parent)
    results = verdicts(notebook, lab)
    print()
    if results:
        print(table(results, shutil.get_terminal_size((110, 24)).columns))
    for line in filter(None, [stopped, *notes]):
        print(f"\n{line}")
    undone = missing(mine, lab, results)
    print(
        "\nStill missing:\n" + "\n".join(f"  {line}" for line in undone)
        if undone
        else "\nNothing is missing."
    )
    earned, most = sum(r.points for r in results), sum(r.max_points for r in results)
    by_hand = sum(float(_nbgrader(question)["points"]) for question in questions(lab))
    print(
        f"\nVisible checks: {earned:g} of {most:g} points. Your mark comes from further checks that are not shown here",
        end="",
    )
    print(f", and up to {by_hand:g} points from a person who reads your text." if by_hand else ".")
    print(f"To hand in: {handed}")
    return handed


def main(name: str, given: str | None = None) -> int:
    """Runs `submit`; returns 0 when a file was written, 2 with one sentence when not."""
    try:
        submit(name, given)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"The file to hand in could not be written: {error}.", file=sys.stderr)
        return 2
    return 0
