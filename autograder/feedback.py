"""Feedback: a page for each student, with what each exercise got and why, where to read on, and the graded notebook.

    pages = make_feedback(course, "lab01_cbow")        # feedback/<student>/<lab>/<lab>.html, nbgrader's own place

A page is one file without scripts. What came from a student is escaped, or rendered without anything that could run.
The points of the exercises are the judge's; what a person gave or said stands beside them.
"""

import html
import re
from pathlib import Path

import nbformat

from autograder import pages, restore
from autograder.gradebook import Book, Marks
from autograder.pages.notebook import rendered
from autograder.records import ExerciseRecord, Record, Store, write_whole
from autograder.release import ROOT
from course.chapters import find

WORDS = {
    "correct": "correct",
    "missing": "not written",
    "wrong-answer": "not right yet",
    "error": "an error",
    "memory-limit": "too much memory",
    "time-limit": "too slow",
    "invalid": "could not be graded",
}
# a link in the statement of an exercise, to the section of the lesson that tells what it needs
_READ = re.compile(r"^Read: \[([^\]]+)\]\([^)]*/lessons/([^)]+)\)", re.MULTILINE)
LAB_ADDRESS = "http://localhost:8888/lab/tree/course/lessons/"  # where `make lab` shows it
_LESSONS = re.compile(r'href="(?:\.\./)+course/lessons/')  # such a link, seen from the lab's own folder


class FeedbackError(Exception):
    """There is nothing to make feedback from; one sentence."""


def sections(release: nbformat.NotebookNode) -> dict[str, tuple[str, str]]:
    """exercise -> (the lesson's section, its address in JupyterLab), from the statements of a released lab."""
    found = {}
    for cell in release.cells:
        if cell.cell_type == "markdown" and (link := _READ.search(cell.source)):
            name = cell.source.lstrip("# ").split()[0]
            found[name] = (link[1], LAB_ADDRESS + link[2])
    return found


def prose(text: str) -> str:
    """A message, escaped, with `code` as code."""
    pieces = html.escape(text).split("`")
    if len(pieces) % 2 == 0:
        return html.escape(text)
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))


def _exercise(e: ExerciseRecord, where: tuple[str, str] | None, changed: float | None = None) -> str:
    """One exercise's part of the page. changed: the points that a person gave in place of the judge's."""
    good = "good" if e.verdict == "correct" else "none" if e.verdict == "missing" else "bad"
    sign = {"good": "✓", "none": "…", "bad": "✗"}[good]
    out = [
        f'<section class="{good}"><h2><span class="sign">{sign}</span> {html.escape(e.name)} '
        f"<small>{WORDS[e.verdict]}, {e.points:g} of {e.max_points:g} points</small></h2>"
    ]
    if changed is not None:
        out.append(f"<p>A person has read it and gave {changed:g} of {e.max_points:g} points.</p>")
    if e.message and e.verdict != "correct":
        out.append(f"<p>{prose(e.message)}</p>")
    if e.parts:
        rows = "".join(
            f"<li>{'✓' if p['earned'] else '✗'} {html.escape(str(p['title']))} ({p['earned']:g} of {p['points']:g})"
            + (f": {prose(p['message'])}" if p["message"] and p["message"] != e.message else "")
            + "</li>"
            for p in e.parts
        )
        out.append(f"<ul>{rows}</ul>")
    if e.frames:
        lines = "\n".join(f"line {f['line']} of {f['name']}:  {f['text']}" for f in e.frames)
        out.append(f"<p>Where in your code:</p><pre>{html.escape(lines)}</pre>")
    if where and e.verdict != "correct":
        out.append(
            f'<p class="read">Read on: <a href="{html.escape(where[1])}">{html.escape(where[0])}</a></p>'
        )
    return "".join(out) + "</section>"


def _notebook(text: str, record: Record) -> str:
    """The graded notebook as HTML without scripts; a check cell shows its verdict in words."""
    notebook = nbformat.reads(text, as_version=4)
    verdicts = {e.name: e for e in record.exercises}
    for cell in notebook.cells:
        e = verdicts.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if e is not None and cell.cell_type == "code":
            says = f"{e.name}: {WORDS[e.verdict]}, {e.points:g} of {e.max_points:g} points"
            cell.outputs = [nbformat.v4.new_output("stream", text=says + "\n")]
    return _LESSONS.sub(f'href="{LAB_ADDRESS}', rendered(notebook))


def _exercises(record, where, changed):
    """The part of the page on the exercises, and on what happened when they were run."""
    notes = "".join(f"<li>{prose(n)}</li>" for n in record.notes)
    return "".join(_exercise(e, where.get(e.name), changed.get(e.name)) for e in record.exercises) + (
        f"<h2>When it was run</h2><ul>{notes}</ul>" if notes else ""
    )


def _unreadable(record):
    """The same where there was no notebook to run: what is wrong with the file, said once."""
    said = [*record.notes, *(e.message for e in record.exercises if e.message)]
    why = "".join(f"<p>{prose(n)}</p>" for n in dict.fromkeys(said))
    return f'<section class="bad"><h2><span class="sign">✗</span> {WORDS[record.verdict]}</h2>{why}</section>'


def _by_hand(marks: Marks, release: nbformat.NotebookNode) -> str:
    """What a person gave and said, what being late costs, and what it comes to."""
    out = []
    if restore.manual(release):
        if marks.waiting and marks.manual is None:
            out.append(
                f"<p>Your written answer is worth up to {marks.max_manual:g} more; nobody has marked it yet.</p>"
            )
        else:
            out.append(f"<p>Written answer: {marks.manual or 0:g} of {marks.max_manual:g} points.</p>")
    graded = {exercise.name for exercise in restore.exercises(release)}  # one of them may be called so
    out += [
        f"<blockquote><b>{html.escape(name if name in graded else name.removesuffix('_answer'))}</b>: {html.escape(said)}</blockquote>"
        for name, said in sorted(marks.comments.items())
    ]
    if marks.extra:
        out.append(f"<p>Extra credit: {marks.extra:g} points.</p>")
    if marks.late_penalty:
        out.append(f"<p>Handed in late: {marks.late_penalty:g} points less.</p>")
    if not marks.waiting:
        out.append(f"<p><b>Together {marks.total:g} of {marks.max_auto + marks.max_manual:g} points.</b></p>")
    return "".join(out)


def page(record: Record, notebook: str | None, marks: Marks | None, release: nbformat.NotebookNode) -> str:
    """One student's page as text."""
    from pygments.formatters import HtmlFormatter

    chapter = find(record.lab)
    changed = marks.changed if marks is not None else {}
    right = sum(e.verdict == "correct" for e in record.exercises)
    shown = (
        f'<h2>Your notebook, as it was run</h2><div class="notebook">{_notebook(notebook, record)}</div>'
        if notebook
        else ""
    )
    return pages.fill(
        "feedback.html",
        {
            "title": html.escape(f"{chapter.title}: feedback for {record.student}"),
            "style": pages.template("page.css")
            + HtmlFormatter(style="default").get_style_defs(".notebook .highlight"),
            "lab": html.escape(f"Lab {chapter.number}: {chapter.title}"),
            "student": html.escape(record.student),
            "score": f"{record.score:g} of {record.max_score:g} points",
            "right": f"{right} of {len(record.exercises)} exercises are correct",
            "person": _by_hand(marks, release) if marks is not None else "",
            "exercises": _exercises(record, sections(release), changed) if notebook else _unreadable(record),
            "notebook": shown,
        },
    )


def class_marks(course: Path, lab: str, source: Path, db: str | None) -> dict[str, Marks]:
    """student -> Marks; none where the gradebook does not exist yet or does not have the lab. Raises GradebookError where it
    is there and cannot be read: a page without a person's marks would be wrong."""
    with Book(course, lab, source, db) as book:
        return book.marks() if lab in book.assignments() else {}


def make_feedback(
    course: Path, lab: str, students: list[str] | None = None, source: Path = ROOT, db: str | None = None
) -> list[Path]:
    """Write the pages of a class, or of the students named; returns their paths. Raises FeedbackError and GradebookError."""
    from autograder.grading import release_text

    store = Store(course, lab)
    records = [r for r in store.all() if not students or r.student in students]
    unknown = set(students or ()) - {r.student for r in records}
    if unknown or not records:
        who = f"{sorted(unknown)[0]!r} has" if unknown else "nobody has"
        raise FeedbackError(f"{who} been graded in {lab} yet: `autograder grade {lab}` comes first.")
    release = nbformat.reads(release_text(lab, source), as_version=4)
    marks = class_marks(course, lab, source, db)
    made = []
    for record in records:
        path = Path(course) / "feedback" / record.student / lab / f"{lab}.html"
        write_whole(path, page(record, store.notebook(record.student), marks.get(record.student), release))
        made.append(path)
    return made
