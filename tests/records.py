"""Records and graded notebooks for the tests that need no judge."""

import nbformat

from autograder.records import ExerciseRecord, Record, worst
from autograder.restore import exercises, restore
from course.checks.verdict import Verdict
from tests.submissions import solved, untouched


def record_of(student, lab="lab00_start", reflection="", **verdicts):
    """(record, graded notebook) of a submission in which each exercise named got (verdict, points, message), and all others
    everything."""
    handed_in = solved(lab)
    cell = next(c for c in handed_in.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "reflection")
    asked = next(
        c for c in untouched(lab).cells if c.metadata.get("nbgrader", {}).get("grade_id") == "reflection"
    )
    cell.source = reflection or asked.source
    prepared = restore(nbformat.writes(handed_in).encode(), untouched(lab))
    rows = []
    for e in exercises(untouched(lab)):
        kind, points, message = verdicts.get(e.name, ("correct", e.points, ""))
        rows.append(ExerciseRecord(e.name, kind, points, e.points, message, 0.01))
        for cell in prepared.notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == e.name:
                data = Verdict(e.name, kind, points, e.points, message, hidden=True)._repr_mimebundle_()
                cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    record = Record(
        student,
        lab,
        worst(r.verdict for r in rows),
        sum(r.points for r in rows),
        sum(r.max_points for r in rows),
        needs_manual=prepared.manual,
        seconds=0.2,
        overhead_seconds=0.05,
        exercises=rows,
        address=f"address of {student}",
    )
    return record, nbformat.writes(prepared.notebook)
