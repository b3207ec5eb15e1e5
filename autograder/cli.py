"""`autograder`: the instructor's commands. Exit codes: 0 done, 1 some submission could not be graded, 2 wrong use.

autograder grade lab01_cbow --workers 4
autograder feedback lab01_cbow; autograder report lab01_cbow; autograder export lab01_cbow --format canvas
"""

import json
import sys
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

ROOT = Path(__file__).resolve().parents[1]

app = typer.Typer(
    name="autograder",
    help="Grades the labs of How Language Models Came to Read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
say = Console(highlight=False, soft_wrap=True)
complain = Console(stderr=True, highlight=False, soft_wrap=True)


class Sandbox(StrEnum):
    auto = "auto"
    bwrap = "bwrap"
    none = "none"


class Format(StrEnum):
    canvas = "canvas"
    csv = "csv"


Lab = Annotated[str, typer.Argument(metavar="LAB", help="As in labs/, for example lab01_cbow.")]
Course = Annotated[
    Path, typer.Option("--course", help="The nbgrader course directory.", file_okay=False, resolve_path=True)
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--source",
        help="The folder with solutions/ and labs/; by default the course directory, else the project.",
    ),
]
Database = Annotated[
    str | None,
    typer.Option("--db", help="The gradebook's address, for example postgresql://…; by default nbgrader's."),
]
Students = Annotated[
    list[str] | None, typer.Option("--student", help="Only this one; may be given several times.")
]


def stop(sentence: str, code: int = 2):
    """End with one sentence on stderr."""
    complain.print(f"autograder: {sentence}", markup=False)
    raise typer.Exit(code)


def source_of(course: Path, source: Path | None, lab: str | None = None) -> Path:
    """The folder that holds solutions/ and labs/: the one named, the course's own, or the project's."""
    if source is not None:
        if not (source / "solutions").is_dir():
            stop(f"there is no solutions/ in {source}.")
        return source.resolve()
    own = course / "solutions"
    return course if (own / lab if lab else own).is_dir() else ROOT


def known_lab(lab: str, source: Path) -> None:
    from autograder.release import labs

    there = labs(source)
    if lab not in there:
        stop(f"there is no lab {lab!r} in {source / 'solutions'}; there are {', '.join(there) or 'none'}.")


@app.command()
def bundle(
    labs: Annotated[
        list[str] | None, typer.Argument(metavar="[LAB]…", help="The labs to hand out; all without.")
    ] = None,
    to: Annotated[Path, typer.Option("--to", help="Where the folder and the zip are written.")] = Path(
        "bundle"
    ),
):
    """Make the student bundle: labs, course and set-up, with no solution and no hidden check in it."""
    from autograder.bundle import BundleError, make_bundle

    try:
        made = make_bundle(labs or None, to)
    except BundleError as error:
        stop(str(error))
    say.print(f"{made.folder}  ({len(made.labs)} labs: {', '.join(made.labs)})", markup=False)
    say.print(f"{made.archive}  {made.archive.stat().st_size / 1e6:.1f} MB: hand this out.", markup=False)


@app.command()
def grade(
    lab: Lab,
    course: Course = Path("."),
    student: Students = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Judges at a time; without it, as many as the machine can feed.")] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler instead.")] = None,
    sandbox: Annotated[Sandbox, typer.Option("--sandbox", help="none: no walls at all, on your own word.")] = Sandbox.auto,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run also what was graded before and has not changed.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write one object a submission; - for stdout.")] = None,
    source: Source = None,
    db: Database = None,
):  # fmt: skip
    """Grade every submission of a lab, and write the marks into the gradebook."""
    from autograder.grading import Run, UseError
    from autograder.pool import usual_workers

    where = source_of(course, source, lab)
    known_lab(lab, where)
    try:
        run = Run(course, lab, where, db=db, sandbox=sandbox.value, console=complain)
        records = run.grade(
            students=student or None, workers=workers or usual_workers(), cluster=cluster, fresh=fresh
        )
    except UseError as error:
        stop(str(error))
    text = json.dumps([r.public() for r in records], indent=1, ensure_ascii=False) + "\n"
    if json_file is not None and str(json_file) == "-":
        sys.stdout.write(text)
    else:
        if json_file is not None:
            try:
                json_file.write_text(text, encoding="utf-8")
            except OSError as error:
                stop(f"{json_file} could not be written: {error.strerror}.")
        say.print(run.summary(records), markup=False)
    if run.failures or any(r.verdict == "invalid" for r in records):
        raise typer.Exit(1)


@app.command("try")
def try_one(
    notebook: Annotated[Path, typer.Argument(metavar="NOTEBOOK", help="A filled-in lab.")],
    lab: Annotated[
        str | None, typer.Option("--lab", help="Which lab it is, where its cells do not say so.")
    ] = None,
    sandbox: Annotated[Sandbox, typer.Option("--sandbox")] = Sandbox.auto,
    course: Course = Path("."),
    source: Source = None,
):
    """Grade one file, print the verdicts, touch no gradebook."""
    from autograder.grading import UseError, try_notebook

    try:
        record = try_notebook(notebook, lab, source_of(course, source), sandbox.value)
    except UseError as error:
        stop(str(error))
    for e in record.exercises:
        mark = {"correct": "✓", "missing": "…"}.get(e.verdict, "✗")
        say.print(f"{mark} {e.name}: {e.verdict}, {e.points:g} / {e.max_points:g}", markup=False)
        if e.message and e.verdict != "correct":
            say.print(f"    {e.message}", markup=False)
    for note in record.notes:
        say.print(f"  note: {note}", markup=False)
    walls = "" if record.sandbox == "bwrap" else f", sandbox: {record.sandbox}"
    say.print(f"{record.score:g} / {record.max_score:g} in {record.seconds:.1f} s{walls}", markup=False)
    if record.verdict == "invalid":
        raise typer.Exit(1)


@app.command()
def feedback(
    lab: Lab, course: Course = Path("."), student: Students = None, source: Source = None, db: Database = None
):
    """Write a page for each student: verdicts, messages, points, and the graded notebook."""
    from autograder.feedback import FeedbackError, make_feedback
    from autograder.gradebook import GradebookError

    where = source_of(course, source, lab)
    known_lab(lab, where)
    try:
        pages = make_feedback(course, lab, student or None, source=where, db=db)
    except (FeedbackError, GradebookError) as error:
        stop(str(error))
    say.print(f"{len(pages)} page{'s' if len(pages) != 1 else ''} in {course / 'feedback'}.", markup=False)


@app.command()
def report(
    lab: Lab,
    course: Course = Path("."),
    html: Annotated[Path | None, typer.Option("--html", help="Where the page is written.")] = None,
    source: Source = None,
    db: Database = None,
):
    """The class at a glance: printed here, and as a page."""
    from autograder.gradebook import GradebookError
    from autograder.records import Store
    from autograder.report import make_report, summary

    where = source_of(course, source, lab)
    known_lab(lab, where)
    try:
        page = make_report(course, lab, html, source=where, db=db)
    except GradebookError as error:
        stop(str(error))
    say.print(summary(list(Store(course, lab).all())), markup=False)
    say.print(f"{page}", markup=False)


@app.command()
def export(
    lab: Lab,
    format: Annotated[Format, typer.Option("--format")] = Format.csv,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; by default <lab>.csv or <lab>.canvas.csv.")
    ] = None,
    course: Course = Path("."),
    source: Source = None,
    db: Database = None,
):
    """Write the marks for Canvas, or as a plain table."""
    from autograder.export import export as write
    from autograder.gradebook import GradebookError

    where = source_of(course, source, lab)
    known_lab(lab, where)
    try:
        path, rows, manual = write(course, lab, format.value, out, source=where, db=db)
    except GradebookError as error:
        stop(str(error))
    waiting = f" {manual} still need a person's mark." if manual else ""
    say.print(f"{path}: {rows} students.{waiting}", markup=False)


@app.command()
def doctor(course: Course = Path("."), db: Database = None):
    """What works here, what does not, and how to mend it."""
    from autograder.doctor import examine

    bad = False
    for finding in examine(course, db=db):
        mark = {"works": "[green]✓[/]", "warning": "[yellow]![/]", "missing": "[red]✗[/]"}[finding.state]
        say.print(f"{mark} {escape(finding.what)}: {escape(finding.says)}")
        if finding.state != "works" and finding.mend:
            say.print(f"    {finding.mend}", markup=False)
        bad |= finding.state == "missing"
    if bad:
        raise typer.Exit(1)


@app.command()
def demo(
    to: Annotated[Path, typer.Option("--to", help="An empty folder for the made-up course.")] = Path("demo"),
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the report in a browser.")] = True,
):
    """A made-up class of 30 with every kind of trouble: graded, with feedback, and the report opened."""
    from autograder.demo import LIMITS, DemoError, make_class
    from autograder.feedback import make_feedback
    from autograder.grading import Run, UseError
    from autograder.pool import usual_workers
    from autograder.report import make_report

    lab = "lab00_start"
    try:
        make_class(to, lab)
        run = Run(to.resolve(), lab, ROOT, console=complain, limits=LIMITS)
        records = run.grade(workers=usual_workers())
        make_feedback(to.resolve(), lab, source=ROOT)
        page = make_report(to.resolve(), lab, source=ROOT)
    except (DemoError, UseError) as error:
        stop(str(error))
    say.print(run.summary(records), markup=False)
    say.print(f"The report: {page}", markup=False)
    if show:
        webbrowser.open(page.as_uri())


def main() -> None:
    """The console script."""
    try:
        app()
    except KeyboardInterrupt:
        complain.print("\nInterrupted. What was graded is kept; the same command goes on from here.")
        sys.exit(130)


if __name__ == "__main__":
    main()
