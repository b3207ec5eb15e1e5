"""Run an attack: in a plain process with the checks in it (what stock nbgrader does), or with our grader.

Both give an `Outcome`, and `gain` says in words what the attacker had of it: "" is nothing.
"""

import contextlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.utils import determine_grade

from autograder.judge import Judge
from autograder.kernel import Warm
from autograder.records import VERDICTS, Record
from autograder.sandbox import Sandbox
from course.checks.verdict import MIME
from tests.attacks import Attack
from tests.attacks.pages import code_for_readers
from tests.attacks.submission import Submission, exercises, info
from tests.attacks.world import VARIABLE, World
from tests.submissions import untouched

PATIENCE = 15.0  # seconds beyond a submission's own limits until we say that the grader hung

MESSAGE = 20_000  # characters that one exercise may have in a record
JUDGE_MEMORY = 0.8 * 2**30  # bytes that reading replies may take; the largest that may be sent takes 0.6 GiB


@dataclass
class Outcome:
    """What came of a run. text: all that came back; touched, left: as `World` says; troubles: what our grader did not
    hold to, in words."""

    score: float
    text: str
    touched: list[str] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    record: Record | None = None


def gain(outcome: Outcome, world: World) -> str:
    """What the attack had of it: "" is nothing."""
    found = []
    if outcome.score > 0:
        found.append(f"{outcome.score:g} points")
    leaks = world.leaked(outcome.text)
    if leaks:
        found.append(f"text that it must not have: {leaks[0][:60]}")
    if outcome.left:
        found.append(f"{len(outcome.left)} processes stayed")
    return "; ".join([*found, *outcome.touched, *outcome.troubles])


class InProcess:
    """Submissions in plain child processes of a warm parent, with hidden checks in the kernel and nbgrader's way to read marks."""

    def __init__(self, world: World):
        about = {VARIABLE: world.planted["variable"], "AUTOGRADER_COURSE": str(world.course)}
        self.world, self.warm = world, Warm(Sandbox("none"), environment=about)

    def run(self, attack: Attack, lab: str = "lab00_start") -> Outcome:
        world, submission = self.world, Submission(attack, lab, self.world, walls=False)
        out = Outcome(0.0, "")
        hidden = "" if attack.works == "visible" else f"from autograder.checks.{lab} import check\n"
        self._replay(*submission.copied(), hidden, out)
        if attack.then:
            self._replay(submission.second(), {}, hidden, out)
        out.left, out.touched = world.survivors(), world.touched()
        world.end_survivors()
        return out

    def _replay(self, notebook, files, hidden, out):
        kernel = self.warm.take()
        try:
            if files:
                kernel.files(files)
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    out.troubles += code_for_readers([cell])
                    continue
                graded = info(cell).get("grade") and not info(cell).get("solution")
                reply = kernel.run(hidden * bool(graded) + cell.source, 10.0)
                if kernel.end:
                    break
                outputs = [nbformat.from_dict(o) for o in reply.outputs]
                out.text += json.dumps(outputs, ensure_ascii=False)
                out.troubles += code_for_readers([nbformat.from_dict({**cell, "outputs": outputs})])
                if graded:  # as `nbgrader_config.py` has it, stderr is no failure
                    outputs = [o for o in outputs if o.get("name") != "stderr"]
                    try:
                        out.score += determine_grade(nbformat.from_dict({**cell, "outputs": outputs}))[0]
                    except ValueError:  # more points than the cell has
                        out.troubles.append("nbgrader stops")
        finally:
            time.sleep(0.05)  # for what is on its way to a listener
            kernel.kill()

    def close(self):
        self.warm.close()


def walled(attack: Attack, lab: str, world: World, judge: Judge) -> Outcome:
    """The attack, in all its rounds, and its second notebook if there is one, graded by our grader."""
    out = Outcome(0.0, "")
    for turn in range(attack.rounds):
        one = _graded(attack, lab, world, judge, turn)
        out.score, out.text, out.record = out.score + one.score, out.text + one.text, one.record
        out.touched += one.touched
        out.left += one.left
        out.troubles += one.troubles
    return out


def _graded(attack, lab, world, judge, turn):
    submission = Submission(attack, lab, world, walls=True, also=(judge.process.pid,), turn=turn)
    job = submission.job()
    before, began = judge.process.pid, time.monotonic()
    held = _peak(before, afresh=True)
    record, notebook = judge.grade(job)
    seconds, held = time.monotonic() - began, _peak(before) - held
    text = json.dumps(record.to_dict(), ensure_ascii=False) + (notebook or "")
    left = _left_after(world, 2.0)
    score = record.score + sum(max(e.points, 0) for e in record.exercises)
    if attack.then:
        other, page = judge.grade(submission.second_job())
        text += json.dumps(other.to_dict(), ensure_ascii=False) + (page or "")
        score += other.score
    troubles = list(_troubles(attack, lab, record, notebook))
    allowed = job.limits["submission"] + PATIENCE
    if seconds > allowed:
        troubles.append(f"it took {seconds:.0f} seconds")
    if held > JUDGE_MEMORY:
        troubles.append(f"the judge took {held / 2**30:.1f} GiB for it")
    if judge.process.pid != before:
        troubles.append("the judge died")
    return Outcome(score, text, world.touched(), left, troubles, record)


def _left_after(world, seconds):
    """The processes that are left; the system may take its time to end those of a namespace."""
    deadline = time.monotonic() + seconds
    while (left := world.survivors()) and time.monotonic() < deadline:
        time.sleep(0.01)
    world.end_survivors()
    return left


def _peak(pid, afresh=False):
    """The most memory that a process has held; `afresh` begins to count now."""
    with contextlib.suppress(OSError):
        if afresh:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    return 0


def _troubles(attack, lab, record, notebook):
    """What of a record and a graded notebook is not as it must be, whoever handed it in."""
    release = untouched(lab)
    names = exercises(release)
    points = {info(c)["grade_id"]: info(c)["points"] for c in release.cells if info(c).get("grade")}
    if [e.name for e in record.exercises] != names or record.max_score != sum(points[n] for n in names):
        yield "the record is of other exercises"
    if not set(record.needs_manual) <= {n for n in points if n not in names}:
        yield "the questions for a person are others"
    longest = max(
        len(e.message) + len(json.dumps(e.parts)) + len(json.dumps(e.frames)) for e in record.exercises
    )
    if longest > MESSAGE:
        yield f"a message of {longest:,} characters"
    verdicts = {e.verdict for e in record.exercises} | {record.verdict}
    if not verdicts <= set(VERDICTS) or ("invalid" in verdicts and not attack.unreadable):
        said = next((e.message for e in record.exercises if e.verdict == "invalid"), "")
        yield f"verdicts {sorted(verdicts)} ({said[:200]})"
    if notebook is None:
        return
    cells = nbformat.reads(notebook, as_version=4).cells
    for name in names:
        checks = [c for c in cells if info(c).get("grade_id") == name]
        theirs = next(c for c in release.cells if info(c).get("grade_id") == name)
        if len(checks) != 1 or checks[0].source != theirs.source or info(checks[0]) != info(theirs):
            yield f"the check cell of {name} is not the release's"
        elif determine_grade(checks[0])[0] != next(e.points for e in record.exercises if e.name == name):
            yield f"the check cell of {name} says other points than the record"
    yield from code_for_readers(cells)
    ours = {id(c) for c in cells if info(c).get("grade_id") in names}
    for cell in cells:
        if id(cell) not in ours and any(MIME in o.get("data", {}) for o in cell.get("outputs", [])):
            yield "a verdict stands in a cell that is no check"
        if info(cell).get("grade") and info(cell).get("points") != points.get(info(cell).get("grade_id")):
            yield "a cell carries points that the release does not give"
