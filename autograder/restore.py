"""A submitted notebook, made into one that can be replayed: read with suspicion, with the release's own cells put back.

Of what a student hands in, only the text of the cells is taken, and which of them are the release's (their grade_id).
Grading metadata, points, locked cells and check cells are the release's again.

    prepared = restore(data, release)     # Prepared, or Unreadable with a sentence
    prepared.steps                        # run this cell; judge this exercise; …
"""

import json
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from autograder.outputs import clean, without_markup

MAX_BYTES = 50 * 2**20
MAX_CELLS = 3000
MAX_SOURCE = 2_000_000  # characters of a cell
DISPLAY_ONLY = "display-only"  # tag of a cell that no check needs: a curve, a picture
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class Unreadable(Exception):
    """The notebook cannot be read; the text says why, for student and instructor."""


@dataclass
class Exercise:
    """One graded exercise of a release: its check cell and its answer cell (None where the release has none)."""

    name: str
    points: float
    check: NotebookNode
    answer: NotebookNode | None


@dataclass
class Step:
    """One step of a replay: "run" the sources of a cell, or "judge" an exercise. cell: its index in the notebook;
    exercise: the one whose answer the cell is, or which is judged."""

    kind: str
    cell: int
    sources: tuple[str, ...] = ()
    exercise: str | None = None


@dataclass
class Prepared:
    """A notebook to be replayed. manual: grade_ids of what was answered for a person to mark; notes: what was put right."""

    notebook: NotebookNode
    steps: list[Step]
    manual: list[str]
    notes: list[str] = field(default_factory=list)


def _info(cell) -> dict:
    info = cell.get("metadata", {}).get("nbgrader", {})
    return info if isinstance(info, dict) else {}


def exercises(release: NotebookNode) -> list[Exercise]:
    """The graded exercises of a release, in order."""
    by_id = {_info(c).get("grade_id"): c for c in release.cells if _info(c)}
    out = []
    for cell in release.cells:
        info = _info(cell)
        if cell.cell_type == "code" and info.get("grade") and not info.get("solution"):
            name = info["grade_id"]
            out.append(Exercise(name, float(info["points"]), cell, by_id.get(f"{name}_answer")))
    return out


def manual(release: NotebookNode) -> list[str]:
    """The grade_ids of a release that a person marks."""
    return [_info(c)["grade_id"] for c in release.cells if _info(c).get("grade") and _info(c).get("solution")]


def read(data: bytes) -> list[NotebookNode]:
    """The cells of a notebook's file: type, source, grade_id, attachments, outputs, all of their proper types.

    Raises Unreadable.
    """
    if not data.strip():
        raise Unreadable("The notebook's file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"The notebook's file has {len(data) / 2**20:,.0f} MB; up to {MAX_BYTES / 2**20:.0f} MB can be graded. "
            "Clear its outputs (Edit > Clear Outputs of All Cells), save it and hand it in again."
        )
    try:
        tree = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable(
            "The file is not a notebook: its text is not JSON. Open it in JupyterLab, repair it and save it."
        ) from None
    try:
        if isinstance(tree, dict) and isinstance(tree.get("nbformat"), int) and tree["nbformat"] < 4:
            tree = nbformat.reads(json.dumps(tree), as_version=4)
        cells = tree["cells"]
        if not isinstance(cells, list):
            raise TypeError
    except Exception:  # each old format fails in its own way
        raise Unreadable(
            "The file is JSON, but no notebook: it has no list of cells. Is it the right file?"
        ) from None
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The notebook has {len(cells):,} cells; up to {MAX_CELLS:,} can be graded.")
    out = [_cell(c, number) for number, c in enumerate(cells, 1)]
    return out


def _cell(raw, number):
    if not isinstance(raw, dict) or raw.get("cell_type") not in ("code", "markdown", "raw", "heading"):
        raise Unreadable(
            f"Cell {number} of the notebook is damaged. Open it in JupyterLab, repair it and save it."
        )
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(s for s in source if isinstance(s, str))
    if not isinstance(source, str) or len(source) > MAX_SOURCE:
        raise Unreadable(f"Cell {number} of the notebook has no text that can be read.")
    source = source.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode()
    kind = raw["cell_type"] if raw["cell_type"] != "heading" else "markdown"
    cell = NotebookNode(cell_type=kind, metadata=NotebookNode(), source=source)
    if kind == "code":
        cell.update(execution_count=None, outputs=[])
    metadata = raw.get("metadata")
    info = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = info.get("grade_id") if isinstance(info, dict) else None
    if isinstance(grade_id, str):
        cell.metadata["nbgrader"] = {"grade_id": grade_id}
    if isinstance(raw.get("id"), str) and raw["id"].isascii() and 0 < len(raw["id"]) <= 64:
        cell["theirs"] = raw["id"]
    if kind == "code" and isinstance(raw.get("outputs"), list):
        cell["handed_in"] = raw["outputs"]
    if kind == "markdown" and isinstance(raw.get("attachments"), dict):
        with_pictures = {
            str(name): {
                m: d for m, d in bundle.items() if m in ("image/png", "image/jpeg") and isinstance(d, str)
            }
            for name, bundle in raw["attachments"].items()
            if isinstance(bundle, dict)
        }
        if with_pictures:
            cell["attachments"] = with_pictures
    return cell


def restore(data: bytes, release: NotebookNode) -> Prepared:
    """A submission's notebook with the release's grading cells, and the steps of its replay.

    An exercise is judged at its check cell; where that was deleted, moved away from its answer or duplicated, just after
    the answer; where there is no answer cell either, at the end. Raises Unreadable.
    """
    cells, notes = read(data), []
    graded = {e.name: e for e in exercises(release)}
    known = {_info(c)["grade_id"]: c for c in release.cells if _info(c).get("grade_id")}
    plain = {c.get("id"): c for c in release.cells if not _info(c)}

    # of several cells with one id the last is the one, as for nbgrader; a check that is there twice is in no place
    places: dict[str, list[int]] = {}
    for i, cell in enumerate(cells):
        name = _info(cell).get("grade_id")
        fits = name in known and known[name].cell_type == cell.cell_type
        if fits:
            places.setdefault(name, []).append(i)
        else:
            cell.metadata.pop("nbgrader", None)
    for where in places.values():
        for i in where[:-1]:
            cells[i].metadata.pop("nbgrader", None)
            cells[i]["copy"] = True

    judged_after: dict[int, list[str]] = {}
    marks = sorted(i for where in places.values() for i in where)
    for name in graded:
        answer = places.get(f"{name}_answer", [None])[-1]
        checks = places.get(name, [])
        if len(checks) == 1 and (
            answer is None or (answer < checks[0] and not any(answer < m < checks[0] for m in marks))
        ):
            at = checks[0]
        else:
            at = answer if answer is not None else len(cells) - 1
            what = "moved" if len(checks) == 1 else "duplicated" if checks else "deleted"
            notes.append(f"The check cell of {name} was {what}; it was judged {'just after its answer cell' if answer is not None else 'at the end'}.")  # fmt: skip
        judged_after.setdefault(at, []).append(name)

    out, steps = [], []
    for i, cell in enumerate(cells):
        name, theirs = _info(cell).get("grade_id"), cell.pop("theirs", None)
        copy = cell.pop("copy", False)
        handed_in = cell.pop("handed_in", [])
        out.append(cell)
        if name in known:
            yours = known[name]
            mine, is_check = cell.source, name in graded
            cell.metadata = nbformat.from_dict(dict(yours.metadata))
            locked = _info(yours).get("locked") and not _info(yours).get("solution")
            if locked:
                cell.source = yours.source
            if cell.cell_type == "code" and not is_check:
                of = name.removesuffix("_answer") if name.removesuffix("_answer") in graded else None
                sources = (
                    (mine, yours.source)
                    if locked and mine.strip() != yours.source.strip()
                    else (cell.source,)
                )
                steps.append(Step("run", len(out) - 1, sources, of))
        elif cell.cell_type == "code" and not copy:
            template = plain.get(theirs)
            tags = template.metadata.get("tags", []) if template is not None else []
            if DISPLAY_ONLY in tags and template.source.strip() == cell.source.strip():
                cell.metadata["tags"] = [DISPLAY_ONLY]
                cell.metadata["outputs"] = "as handed in"
                cell.outputs = clean(handed_in)
            else:
                steps.append(Step("run", len(out) - 1, (cell.source,)))
        elif cell.cell_type == "code" and copy and not _looks_like_check(cell, graded):
            steps.append(Step("run", len(out) - 1, (cell.source,)))
        for exercise in judged_after.get(i, []):
            steps.append(Step("judge", len(out) - 1, exercise=exercise))
    if not cells:
        steps += [Step("judge", 0, exercise=name) for name in graded]

    trusted = {c.source for c in release.cells if c.cell_type != "code"}
    for cell in out:
        if cell.cell_type != "code" and cell.source not in trusted:
            cell.source = without_markup(
                cell.source
            )  # pages, formgrader's among them, would run what is in it

    # what is missing comes back: locked cells first, check cells behind the place where they were judged
    about = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    notebook = NotebookNode(nbformat=4, nbformat_minor=5, metadata=nbformat.from_dict(about), cells=out)
    written = {name: cells[where[-1]].source.strip() for name, where in places.items()}
    by_hand = [
        m for m in manual(release) if written.get(m, known[m].source.strip()) != known[m].source.strip()
    ]
    prepared = Prepared(notebook, steps, by_hand, notes)
    _put_back(prepared, known, places, graded)
    return prepared


def _looks_like_check(cell, graded):
    """A copy of a check cell: there is nothing in it to run."""
    return cell.source.strip() in {e.check.source.strip() for e in graded.values()}


def _put_back(prepared, known, places, graded):
    """Insert the release's cells that the student deleted, and keep the steps' indices right."""
    cells, steps = prepared.notebook.cells, prepared.steps
    judged = {s.exercise: s for s in steps if s.kind == "judge"}

    def insert(at, cell):
        cells.insert(at, cell)
        for step in steps:
            if step.cell >= at:
                step.cell += 1

    for name in reversed(list(known)):
        if name in places:
            continue
        source = known[name]
        fresh = nbformat.from_dict({k: v for k, v in source.items() if k != "id"})
        if name in graded:
            step = judged[name]
            at = min(step.cell + 1, len(cells))
            insert(at, fresh)
            step.cell = at
        elif _info(source).get("grade") and _info(source).get("solution"):
            cells.append(fresh)
        elif _info(source).get("locked") and not _info(source).get("solution"):
            insert(0, fresh)
            if fresh.cell_type == "code":
                steps.insert(0, Step("run", 0, (fresh.source,)))
    # a check that was judged elsewhere shows its verdict in its own cell
    for i, cell in enumerate(cells):
        name = _info(cell).get("grade_id")
        if name in judged:
            judged[name].cell = i
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
