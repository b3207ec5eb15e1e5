"""Marks as a file: a plain table, or the form that Canvas imports.

    path, rows, waiting = export(course, "lab01_cbow", "canvas")

The total is the gradebook's: with manual marks and extra credit, less what being late costs.
"""

import csv
import io
from pathlib import Path

from autograder.gradebook import Book, GradebookError
from autograder.records import Store, write_whole
from autograder.release import ROOT
from course.chapters import find


def harmless(text: str) -> str:
    """A cell's text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def export(
    course: Path, lab: str, format: str, out: Path | None = None, source: Path = ROOT, db: str | None = None
) -> tuple[Path, int, int]:
    """Write a lab's marks. format: "csv" or "canvas". Returns the path, how many students, and how many still wait for a
    person's mark. Raises GradebookError."""
    with Book(course, lab, source, db) as book:
        marks = book.marks()
    if not marks:
        raise GradebookError(f"Nobody has been graded in {lab} yet: `autograder grade {lab}` comes first.")
    table = _canvas(lab, marks) if format == "canvas" else _plain(course, lab, marks)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    path = Path(out) if out else Path(course) / (f"{lab}.csv" if format == "csv" else f"{lab}.canvas.csv")
    try:
        write_whole(path.resolve(), text.getvalue())
    except OSError as error:
        raise GradebookError(f"{path} could not be written: {error.strerror}.") from None
    return path, len(marks), sum(bool(m.waiting) for m in marks.values())


def _plain(course, lab, marks):
    """One row a student, with each exercise's points."""
    records = {r.student: r for r in Store(course, lab).all()}
    names = next(([e.name for e in r.exercises] for r in records.values()), [])
    head = [
        "student",
        "lab",
        "verdict",
        "autograded",
        "max_autograded",
        "manual",
        "max_manual",
        "late_penalty",
        "total",
    ]
    yield [*head, "waiting", *names]
    for student, m in sorted(marks.items()):
        record = records.get(student)
        points = {e.name: e.points for e in record.exercises} if record else {}
        yield [
            harmless(student),
            lab,
            record.verdict if record else "",
            f"{m.auto:g}",
            f"{m.max_auto:g}",
            "" if m.manual is None else f"{m.manual:g}",
            f"{m.max_manual:g}",
            f"{m.late_penalty:g}",
            f"{m.total:g}",
            m.waiting,
            *(f"{points[n]:g}" if n in points else "" for n in names),
        ]


def _canvas(lab, marks):
    """Canvas's gradebook form: its five columns first, the assignment's after; the second row says what it is out of."""
    chapter = find(lab)
    most = max(m.max_auto + m.max_manual for m in marks.values())
    yield [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        f"Lab {chapter.number}: {chapter.title} ({lab})",
    ]
    yield ["    Points Possible", "", "", "", "", f"{most:g}"]
    for student, m in sorted(marks.items()):
        yield [harmless(student), "", "", harmless(student), "", f"{m.total:g}"]
