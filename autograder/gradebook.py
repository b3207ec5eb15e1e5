"""The gradebook: nbgrader's own database, written by one process, one transaction a submission.

    with Book(course, "lab01_cbow", source) as book:
        book.register()                               # the assignment, where the gradebook does not have it yet
        book.write(record, notebook, timestamp)       # marks, and the graded notebook where formgrader looks for it
        book.same(records)                            # who needs no writing
        book.marks()                                  # student -> Marks, with what a person has given

The rows are those that `nbgrader autograde` makes; manual marks and comments are never touched. The notebook's new text
lies ready before the transaction and takes its place after it: a full disk is found before anything has changed, and
whoever is killed in between has an old notebook beside new rows, which `same` sees.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader import api, utils
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import and_, select

from autograder import restore
from autograder.database import (
    ASSIGNMENT,
    CELL,
    COMMENT,
    GRADE,
    NOTEBOOK,
    STUDENT,
    SUBMITTED,
    SUBMITTED_NOTEBOOK,
    Database,
    GradebookError,
    NoGradebook,
    importable,
    settings_of,
)
from autograder.marks import Marks, marks_of
from autograder.records import FOLDER, Record, Store, write_whole
from autograder.release import build
from autograder.submissions import folder_of

__all__ = ["Book", "GradebookError", "Marks"]

PATIENCE = 30.0  # seconds to wait for another program to let go of the database


class _Rows:
    """Adds and changes rows, and remembers whether anything was changed."""

    def __init__(self, connection):
        self.connection, self.changed = connection, False

    def first(self, query):
        return self.connection.execute(query).first()

    def add(self, table, *rows: dict) -> None:
        if rows:
            self.connection.execute(table.insert(), list(rows))
            self.changed = True

    def put(self, table, row, **values) -> None:
        """Give a row these values, if it does not have them."""
        if any(getattr(row, name) != value for name, value in values.items()):
            self.connection.execute(table.update().where(table.c.id == row.id).values(**values))
            self.changed = True


class Book:
    """course: the course directory; source: the folder that holds `solutions/`; db: a URL, by default what
    nbgrader_config.py says, else `gradebook.db` in the course directory; patience: seconds to wait for a lock.

    Raises GradebookError, as every method does. Nothing but `register` makes a gradebook where there is none.
    """

    def __init__(
        self, course: Path, lab: str, source: Path, db: str | None = None, patience: float = PATIENCE
    ):
        self.course, self.lab, self.source = Path(course).resolve(), lab, Path(source)
        self.settings = settings_of(self.course, self.source)
        own = self.settings.CourseDirectory.get("db_url")
        self.database = Database(db or own or f"sqlite:///{self.course / 'gradebook.db'}", patience)
        self.url = self.database.url
        self.course_id = self.settings.CourseDirectory.get("course_id", "")
        self.cells = self.rule = self.release = None

    def close(self) -> None:
        self.database.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def assignments(self) -> list[str]:
        """The assignments of the gradebook; none where there is no gradebook yet."""
        try:
            with self.database.reading() as connection:
                return sorted(connection.execute(select(ASSIGNMENT.c.name)).scalars())
        except NoGradebook:
            return []

    # -- the assignment ------------------------------------------------------------------------------------------------

    def register(self) -> bool:
        """Put the assignment into the gradebook from `solutions/` when it is not there, or has changed. True if it was."""
        notebook = self.source / "solutions" / self.lab / f"{self.lab}.ipynb"
        try:
            about = hashlib.sha256(notebook.read_bytes() + self.url.encode()).hexdigest()
        except OSError:
            raise GradebookError(f"There is no {notebook} to register the assignment from.") from None
        marker = self.course / FOLDER / self.lab / "registered.txt"
        known = marker.read_text() if marker.is_file() else ""
        self.database.make()
        with self.database.reading() as connection:
            there = connection.execute(select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.name == self.lab)).first()
        if there and known == about:
            return False
        with (
            self.database.writing()
        ):  # if another program holds the gradebook, wait for it here: nbgrader would not
            pass
        with tempfile.TemporaryDirectory(prefix="register-") as folder:
            try:
                build(
                    self.lab, self.source, Path(folder).resolve(), db_url=self.url, course_id=self.course_id
                )
            except NbGraderException as error:
                raise GradebookError(self._refused(str(error))) from None
        write_whole(marker, about)
        self.cells = None
        return True

    def _refused(self, said):
        """Why nbgrader did not register the assignment, from its log."""
        if "submissions associated" in said:
            return (
                f"Exercises of {self.lab} were added or removed after submissions were graded, and nbgrader cannot "
                f"change that: `nbgrader db assignment remove {self.lab} --force` forgets its marks, or put the "
                "exercises back."
            )
        if "database is locked" in said:
            return (
                "Another program holds the gradebook and has not let go of it: close Formgrader, or any other grading run, "
                "and try again."
            )
        errors = re.findall(r"^[\w.]*(?:Error|Exception): .*", said, re.MULTILINE)
        return f"{self.lab} cannot be registered: {errors[-1] if errors else said.strip().splitlines()[0]}"

    def _layout(self, connection):
        """(notebook id, {grade_id: cell id} of graded cells, of answers with comments, assignment id, due date)."""
        if self.cells is None:
            row = connection.execute(
                select(NOTEBOOK.c.id, ASSIGNMENT.c.id, ASSIGNMENT.c.duedate)
                .join(ASSIGNMENT, NOTEBOOK.c.assignment_id == ASSIGNMENT.c.id)
                .where(and_(ASSIGNMENT.c.name == self.lab, NOTEBOOK.c.name == self.lab))
            ).first()
            if row is None:
                raise GradebookError(
                    f"{self.lab} is not in the gradebook; grade it once, and it is registered."
                )
            cells = connection.execute(
                select(CELL.c.id, CELL.c.name, CELL.c.type).where(CELL.c.notebook_id == row[0])
            ).all()
            graded = {c.name: c.id for c in cells if c.type in ("GradeCell", "TaskCell")}
            answers = {c.name: c.id for c in cells if c.type in ("SolutionCell", "TaskCell")}
            self.cells = (row[0], graded, answers, row[1], row[2])
        return self.cells

    # -- a submission --------------------------------------------------------------------------------------------------

    def write(self, record: Record, notebook: str | None, timestamp: datetime | None = None) -> bool:
        """Write one submission's marks and its graded notebook, all or nothing. True if a row changed.

        notebook: the graded notebook's text; None where it could not be read: a page that says so takes its place.
        """
        student = record.student
        if any(c < " " or "\ud800" <= c <= "\udfff" for c in student):
            raise GradebookError(f"{student!r} cannot be a student's name: rename that folder in submitted/.")
        text = notebook or self._placeholder(record)
        graded_notebook = nbformat.v4.reads(text)  # ours: there is nothing to validate
        scores: dict[str, float | None] = {e.name: e.points for e in record.exercises}
        answered = {}
        for cell in graded_notebook.cells:
            info = cell.metadata.get("nbgrader", {})
            name = info.get("grade_id")
            if info.get("grade") and name not in scores:
                scores[name] = utils.determine_grade(cell)[0]
            if info.get("solution"):
                answered[name] = utils.compute_checksum(cell) != info.get("checksum")
        target = self._notebook_of(student)
        draft = target.with_name(f".{target.name}.draft")  # one name, so that a killed run leaves one at most
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_text(text, encoding="utf-8")
            with self.database.writing() as connection:
                changed = self._write_rows(
                    connection,
                    student,
                    scores,
                    answered,
                    timestamp,
                    lambda: _differs(target, graded_notebook),
                )
            self._put_timestamp(student, target.parent)
            os.replace(draft, target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return changed

    def _write_rows(self, connection, student, scores, answered, timestamp, differs):
        notebook_id, graded, answers, assignment_id, due = self._layout(connection)
        rows = _Rows(connection)
        if rows.first(select(STUDENT.c.id).where(STUDENT.c.id == student)) is None:
            rows.add(STUDENT, {"id": student})
        submitted = rows.first(
            select(SUBMITTED).where(
                and_(SUBMITTED.c.assignment_id == assignment_id, SUBMITTED.c.student_id == student)
            )
        )
        if submitted is None:
            submitted_id, extension, handed_in = api.new_uuid(), None, timestamp
            new = {"assignment_id": assignment_id, "student_id": student, "timestamp": timestamp}
            rows.add(SUBMITTED, {"id": submitted_id, **new})
        else:
            submitted_id, extension = submitted.id, submitted.extension
            handed_in = timestamp or submitted.timestamp
            rows.put(SUBMITTED, submitted, timestamp=handed_in)
        is_sheet = and_(
            SUBMITTED_NOTEBOOK.c.assignment_id == submitted_id,
            SUBMITTED_NOTEBOOK.c.notebook_id == notebook_id,
        )
        sheet = rows.first(select(SUBMITTED_NOTEBOOK).where(is_sheet))
        if sheet is None:
            rows.add(
                SUBMITTED_NOTEBOOK,
                {
                    "id": api.new_uuid(),
                    "assignment_id": submitted_id,
                    "notebook_id": notebook_id,
                    "flagged": False,
                },
            )
            sheet = rows.first(select(SUBMITTED_NOTEBOOK).where(is_sheet))
        total = self._put_grades(rows, sheet.id, graded, scores, differs)
        self._put_comments(rows, sheet.id, answers, answered)
        penalty = self._penalty(student, total, handed_in, due, extension)
        rows.put(SUBMITTED_NOTEBOOK, sheet, late_submission_penalty=penalty)
        return rows.changed

    def _put_grades(self, rows, sheet_id, graded, scores, differs: Callable[[], set[str]]) -> float:
        """The grades of one notebook; its score, with what a person gave."""
        # locked: a mark that a person gives meanwhile is not overlooked
        query = select(GRADE).where(GRADE.c.notebook_id == sheet_id).with_for_update()
        there = {g.cell_id: g for g in rows.connection.execute(query)}
        new, total = [], 0.0
        for name, cell_id in graded.items():
            auto, row = scores.get(name), there.get(cell_id)
            if row is None:
                total += auto or 0.0
                about = {"id": api.new_uuid(), "notebook_id": sheet_id, "cell_id": cell_id}
                new.append({**about, "auto_score": auto, "needs_manual_grade": auto is None})
                continue
            manual = row.manual_score
            total += ((auto or 0.0) if manual is None else manual) + (row.extra_credit or 0.0)
            # as nbgrader: a person should look again where a mark of theirs stands beside something new
            needs = (
                auto is None
                if manual is None
                else bool(row.needs_manual_grade) or row.auto_score != auto or name in differs()
            )
            rows.put(GRADE, row, auto_score=auto, needs_manual_grade=needs)
        rows.add(GRADE, *new)
        return total

    def _put_comments(self, rows, sheet_id, answers, answered):
        query = select(COMMENT).where(COMMENT.c.notebook_id == sheet_id)
        there = {c.cell_id: c for c in rows.connection.execute(query)}
        new = []
        for name, cell_id in answers.items():
            says = None if answered.get(name, False) else "No response."
            if cell_id in there:
                rows.put(COMMENT, there[cell_id], auto_comment=says)
            else:
                about = {"id": api.new_uuid(), "notebook_id": sheet_id, "cell_id": cell_id}
                new.append({**about, "auto_comment": says})
        rows.add(COMMENT, *new)

    def _penalty(self, student, score, handed_in, due, extension):
        """What the late-submission plugin of nbgrader_config.py takes off; None for nothing."""
        if handed_in is None or due is None:
            return None
        late = (handed_in - due - extension if extension else handed_in - due).total_seconds()
        if late <= 0:
            return None
        try:
            if self.rule is None:
                with importable(self.course):
                    self.rule = AssignLatePenalties(config=self.settings)
                    self.rule.init_plugin()
            penalty = self.rule.plugin_inst.late_submission_penalty(student, score, late)
            return None if penalty is None else float(min(max(penalty, 0), score))
        except Exception as error:  # it is a program of the instructor's
            raise GradebookError(
                f"The late-submission plugin of nbgrader_config.py failed for {student}: {type(error).__name__}: {error}."
            ) from error

    def _notebook_of(self, student):
        """Where nbgrader looks for a graded notebook."""
        return self.course / "autograded" / student / self.lab / f"{self.lab}.ipynb"

    def _put_timestamp(self, student, folder):
        """The submission's timestamp beside the graded notebook, as nbgrader does."""
        stamp = folder_of(self.course, student, self.lab) / "timestamp.txt"
        if stamp.is_file() and not stamp.is_symlink() and stamp.stat().st_size < 200:
            write_whole(folder / "timestamp.txt", stamp.read_text(errors="replace"))

    def _placeholder(self, record):
        """The text of a notebook for a submission that has none which can be read: the release, with what was found."""
        from autograder.grading import release_text

        if self.release is None:
            self.release = release_text(self.lab, self.source)
        notebook = nbformat.reads(self.release, as_version=4)
        graded = {e.name: e for e in record.exercises}
        said = next((e.message for e in record.exercises), "There is no notebook.")
        first = nbformat.v4.new_markdown_cell(
            f"**Not a submission that can be graded.** {said}", id="not-graded"
        )
        for e in restore.exercises(notebook):
            verdict = {"text/plain": "0"}
            if e.name in graded:
                verdict["application/vnd.course.verdict+json"] = {
                    "exercise": e.name,
                    "verdict": graded[e.name].verdict,
                    "points": 0,
                    "max_points": e.points,
                    "message": graded[e.name].message,
                }
            e.check.outputs = [nbformat.v4.new_output("execute_result", verdict, execution_count=1)]
        notebook.cells.insert(0, first)
        return nbformat.writes(notebook)

    # -- the class -----------------------------------------------------------------------------------------------------

    def same(self, records: list[Record], timestamps: dict[str, datetime | None] | None = None) -> set[str]:
        """The students whose rows and graded notebook already are what these records say, and whose penalty is right."""
        if not records:
            return set()
        with self.database.reading() as connection:
            notebook_id, graded, _, _, due = self._layout(connection)
            names = {cell_id: name for name, cell_id in graded.items()}
            scores: dict[str, dict[str | None, float | None]] = {}
            sheets, totals = {}, {}
            for row in connection.execute(
                select(
                    SUBMITTED.c.student_id,
                    SUBMITTED.c.timestamp,
                    SUBMITTED.c.extension,
                    SUBMITTED_NOTEBOOK.c.late_submission_penalty,
                    GRADE.c.cell_id,
                    GRADE.c.auto_score,
                    GRADE.c.manual_score,
                    GRADE.c.extra_credit,
                )
                .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.assignment_id == SUBMITTED.c.id)
                .join(GRADE, GRADE.c.notebook_id == SUBMITTED_NOTEBOOK.c.id)
                .where(SUBMITTED_NOTEBOOK.c.notebook_id == notebook_id)
            ):
                student = row.student_id
                scores.setdefault(student, {})[names.get(row.cell_id)] = row.auto_score
                given = row.auto_score if row.manual_score is None else row.manual_score
                totals[student] = totals.get(student, 0.0) + (given or 0.0) + (row.extra_credit or 0.0)
                sheets[student] = row
        same = set()
        for record in records:
            have, student = scores.get(record.student, {}), record.student
            if set(have) != set(graded) or any(have.get(e.name) != e.points for e in record.exercises):
                continue
            sheet, stamp = sheets[student], (timestamps or {}).get(student)
            if stamp is not None and stamp != sheet.timestamp:
                continue
            penalty = self._penalty(student, totals[student], sheet.timestamp, due, sheet.extension)
            if (penalty or 0.0) == (sheet.late_submission_penalty or 0.0) and self._has_notebook(record):
                same.add(student)
        return same

    def _has_notebook(self, record):
        """Whether the graded notebook lies there; where the record was kept, also whether it is that record's."""
        store = Store(self.course, self.lab)
        try:
            found = self._notebook_of(record.student).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return False
        if store.get(record.student) is None:
            return True
        return found == (store.notebook(record.student) or self._placeholder(record))

    def marks(self) -> dict[str, Marks]:
        """Every student's marks, with those that a person gave."""
        with self.database.reading() as connection:
            notebook_id, graded, answers, *_ = self._layout(connection)
            return marks_of(connection, notebook_id, graded, answers)


def _differs(path, notebook):
    """The graded cells in which a new notebook has another answer than the one at a path; all, where there is none."""

    def answers(cells):
        out = {}
        for cell in cells:
            info = cell["metadata"].get("nbgrader", {})
            if info.get("solution"):
                source = cell["source"]
                out[info["grade_id"].removesuffix("_answer")] = (
                    source if isinstance(source, str) else "".join(source)
                )
        return out

    new = answers(notebook.cells)
    try:
        old = answers(json.loads(path.read_text(encoding="utf-8"))["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        old = {}
    return {name for name in new if old.get(name) != new[name]}
