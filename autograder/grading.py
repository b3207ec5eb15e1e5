"""One run of `autograder grade`: collect, look up what is known, grade the rest, write the marks.

    run = Run(course, "lab01_cbow", source)
    records = run.grade(workers=2)           # sorted by student
    print(run.summary(records))

Every submission is first kept as a record and then written into the gradebook in one transaction, so a run that is killed
at any instant is finished by the next one.
"""

import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from autograder import restore
from autograder.address import address_of, base_address
from autograder.gradebook import Book, GradebookError
from autograder.judge import Job, Judge, JudgeError
from autograder.pool import Options, PoolError, grade_all
from autograder.records import Record, Store
from autograder.release import build
from autograder.secret import secret_of
from autograder.submissions import folder_of, read_submission
from autograder.submissions import students as who_handed_in


class UseError(Exception):
    """Something a person can put right; one sentence."""


def release_text(lab: str, source: Path) -> str:
    """The released lab: the one in `labs/`, or made from `solutions/` where it is not there."""
    path = source / "labs" / lab / f"{lab}.ipynb"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        return (build(lab, source, Path(folder).resolve()) / f"{lab}.ipynb").read_text(encoding="utf-8")


class Run:
    """course: an nbgrader course directory; source: the folder with solutions/ and labs/; db: of the gradebook, if not
    nbgrader's own; limits: others than the usual ones, for every submission.

    Raises UseError.
    """

    def __init__(
        self,
        course: Path,
        lab: str,
        source: Path,
        db: str | None = None,
        sandbox: str = "auto",
        limits: dict | None = None,
        console: Console | None = None,
    ):
        self.course, self.lab, self.source, self.db = Path(course).resolve(), lab, Path(source), db
        self.sandbox, self.limits, self.console = sandbox, limits or {}, console or Console(quiet=True)
        self.failures: dict[str, str] = {}
        self.seconds, self.unchanged = 0.0, 0
        if not (self.course / "submitted").is_dir():
            raise UseError(
                f"there is no submitted/ in {self.course}: is that the course directory? `nbgrader zip_collect {lab}` "
                "makes it from what was downloaded, and --course names another directory."
            )

    def grade(
        self,
        students: list[str] | None = None,
        workers: int = 1,
        cluster: str | None = None,
        fresh: bool = False,
    ) -> list[Record]:
        """The records of the class (or of the students named), sorted. Raises UseError."""
        began = time.monotonic()
        chosen = self._chosen(students)
        try:
            secret = secret_of(self.course)
        except OSError as error:
            raise UseError(
                f"the class secret in {self.course} cannot be read or made: {error.strerror}."
            ) from None
        release = release_text(self.lab, self.source)
        base = base_address(release, secret, f"{self.sandbox == 'none'} {sorted(self.limits.items())}")
        store = Store(self.course, self.lab)
        try:
            with Book(self.course, self.lab, self.source, self.db) as book:
                book.register()
                records = self._run(book, store, chosen, base, release, secret, workers, cluster, fresh)
        except GradebookError as error:
            raise UseError(f"{error} What was graded is kept; the same command goes on from here.") from None
        except PoolError as error:
            raise UseError(str(error)) from None
        except OSError as error:
            raise UseError(
                f"{error.filename or self.course} could not be written: {error.strerror}. Nothing was half done; "
                "the same command goes on from here."
            ) from None
        self.seconds = time.monotonic() - began
        return sorted(records.values(), key=lambda r: r.student)

    def _chosen(self, wanted):
        there = who_handed_in(self.course, self.lab)
        unknown = sorted(set(wanted or ()) - set(there))
        if unknown:
            raise UseError(f"{unknown[0]!r} has handed in nothing for {self.lab} in {self.course}.")
        if not there:
            raise UseError(f"nobody has handed in {self.lab} in {self.course / 'submitted'}.")
        return sorted(set(wanted)) if wanted else there

    def _run(self, book, store, chosen, base, release, secret, workers, cluster, fresh):
        records, waiting, timestamps, addresses = {}, [], {}, {}
        for student in chosen:
            submission = read_submission(folder_of(self.course, student, self.lab), self.lab)
            timestamps[student] = submission.timestamp
            addresses[student] = address_of(base, submission.files, submission.problem)
            known = None if fresh else store.find(student, addresses[student])
            if known is None:
                waiting.append(student)
            else:
                records[student] = known
        same = book.same(list(records.values()), timestamps)
        for student, record in records.items():
            if student not in same:
                book.write(record, store.notebook(student), timestamps[student])
        self.unchanged = len(records)

        def jobs():
            for student in waiting:
                submission = read_submission(folder_of(self.course, student, self.lab), self.lab)
                yield Job(
                    student,
                    self.lab,
                    submission.files,
                    secret,
                    self.source,
                    release,
                    submission.problem,
                    submission.notes,
                    self.limits,
                )

        if not waiting:
            return records
        options = Options(self.sandbox, hidden=(self.course, self.source / "solutions"))
        with self._bar(len(waiting)) as advance:
            for result in grade_all(jobs(), min(workers, len(waiting)), cluster, options):
                if result.failure:
                    self.failures[result.student] = result.failure
                    if len(self.failures) > 3 and not set(records) - set(self.failures):
                        raise UseError(result.failure)
                else:
                    record = result.record
                    record.address = addresses[result.student]
                    store.keep(record, result.notebook)
                    book.write(record, result.notebook, timestamps[result.student])
                    records[result.student] = record
                advance(result)
        if self.failures and len(self.failures) == len(waiting):
            raise UseError(next(iter(self.failures.values())))
        return records

    @contextmanager
    def _bar(self, total):
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[student]}", markup=False),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(self.lab, total=total, student="")
            yield lambda result: progress.update(task, advance=1, student=result.student[:40])

    def summary(self, records: list[Record]) -> str:
        """What an instructor wants to know at the end, as plain text."""
        from autograder.report import summary

        lines = [summary(records)]
        graded = len(records) - self.unchanged
        lines.append(
            f"{graded} graded, {self.unchanged} unchanged since they were graded, in {self.seconds:.1f} s."
        )
        lines += [f"Could not be graded: {name}: {why}" for name, why in sorted(self.failures.items())]
        return "\n".join(lines)


def try_notebook(path: Path, lab: str | None, source: Path, sandbox: str) -> Record:
    """Grade one file without a course. Raises UseError."""
    from autograder.release import labs

    known = labs(source)
    if lab is None:
        lab = next((name for name in known if path.stem == name), None) or _lab_of(path, source, known)
    if lab not in known:
        raise UseError(
            f"it cannot be told which lab {path.name} is; say --lab, one of {', '.join(known) or 'none'}."
            if lab is None
            else f"there is no lab {lab!r}; there are {', '.join(known) or 'none'}."
        )
    if not path.is_file():
        raise UseError(f"there is no file {path}.")
    with tempfile.TemporaryDirectory(prefix="try-") as folder:
        shutil.copyfile(path, Path(folder) / f"{lab}.ipynb")
        submission = read_submission(Path(folder), lab)
    secret = secret_of(source) if (source / "nbgrader_config.py").exists() else bytes(32)
    job = Job(
        "",
        lab,
        submission.files,
        secret,
        source,
        release_text(lab, source),
        submission.problem,
        submission.notes,
    )
    try:
        with Judge(sandbox, hidden=(source / "solutions",)) as judge:
            return judge.grade(job)[0]
    except JudgeError as error:
        raise UseError(str(error)) from None


def _lab_of(path, source, known):
    """The lab whose exercises a notebook has most of."""
    try:
        ids = {c.metadata.get("nbgrader", {}).get("grade_id") for c in restore.read(path.read_bytes())}
    except (OSError, restore.Unreadable):
        return None
    ids.discard(None)
    best = (0, None)
    for name in known:
        release = nbformat.reads(release_text(name, source), as_version=4)
        best = max(best, (len(ids & {e.name for e in restore.exercises(release)}), name), key=lambda b: b[0])
    return best[1]
