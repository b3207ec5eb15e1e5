"""A class's marks as the gradebook has them, with what a person gave: for feedback, report and export.

marks = marks_of(connection, notebook_id, graded, answers)       # student -> Marks; `Book.marks` calls it
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, select

from autograder.database import COMMENT, GRADE, GRADE_CELL, SUBMITTED, SUBMITTED_NOTEBOOK, TASK_CELL


@dataclass
class Marks:
    """A student's marks as the gradebook has them. manual: None where no person has given any; waiting: cells that a person
    still has to mark; total: with manual marks and extra credit, less the penalty; comments: grade_id -> text; changed:
    exercise -> the mark that a person gave in place of the grader's; extra: extra credit."""

    auto: float = 0.0
    manual: float | None = None
    max_auto: float = 0.0
    max_manual: float = 0.0
    late_penalty: float = 0.0
    total: float = 0.0
    waiting: int = 0
    comments: dict[str, str] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    extra: float = 0.0


def marks_of(
    connection: Connection, notebook_id: str, graded: dict[str, str], answers: dict[str, str]
) -> dict[str, Marks]:
    """Every student's marks. graded, answers: grade_id -> cell id, of the cells with points and of those with comments."""
    most = {
        row.id: row.max_score
        for table in (GRADE_CELL, TASK_CELL)
        for row in connection.execute(select(table.c.id, table.c.max_score))
    }
    sheets = (
        select(
            SUBMITTED.c.student_id,
            SUBMITTED_NOTEBOOK.c.late_submission_penalty,
            SUBMITTED_NOTEBOOK.c.id,
        )
        .join(SUBMITTED_NOTEBOOK, SUBMITTED_NOTEBOOK.c.assignment_id == SUBMITTED.c.id)
        .where(SUBMITTED_NOTEBOOK.c.notebook_id == notebook_id)
    )
    out, of_sheet = {}, {}
    for student, penalty, sheet in connection.execute(sheets):
        out[student] = of_sheet[sheet] = Marks(late_penalty=penalty or 0.0)
    mine = SUBMITTED_NOTEBOOK.c.notebook_id == notebook_id
    grades = select(GRADE).join(SUBMITTED_NOTEBOOK, GRADE.c.notebook_id == SUBMITTED_NOTEBOOK.c.id)
    names = {cell_id: name for name, cell_id in graded.items()}
    for row in connection.execute(grades.where(mine)):
        name = names.get(row.cell_id, "")
        _count(of_sheet[row.notebook_id], row, name, name in answers, most.get(row.cell_id, 0.0))
    said = select(COMMENT).join(SUBMITTED_NOTEBOOK, COMMENT.c.notebook_id == SUBMITTED_NOTEBOOK.c.id)
    names = {cell_id: name for name, cell_id in answers.items()}
    for row in connection.execute(said.where(and_(mine, COMMENT.c.manual_comment.is_not(None)))):
        if row.manual_comment.strip():
            of_sheet[row.notebook_id].comments[names.get(row.cell_id, "")] = row.manual_comment
    for marks in out.values():
        marks.total = max(0.0, marks.total - marks.late_penalty)  # as `nbgrader export`
    return out


def _count(marks, row, name, by_hand, most):
    """Add one grade to a student's marks."""
    given = row.auto_score if row.manual_score is None else row.manual_score
    marks.total += (given or 0.0) + (row.extra_credit or 0.0)
    marks.extra += row.extra_credit or 0.0
    marks.waiting += bool(row.needs_manual_grade)
    if by_hand:
        marks.max_manual += most
        if given is not None:
            marks.manual = (marks.manual or 0.0) + given
        return
    marks.max_auto += most
    marks.auto += row.auto_score or 0.0
    if row.manual_score is not None and row.manual_score != row.auto_score:
        marks.changed[name] = row.manual_score
