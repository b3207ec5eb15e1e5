"""Grades one submission: replays its cells in a walled kernel, and judges each exercise from outside.

    graded = Engine(warm).grade(job)          # (Record, the graded notebook's text or None)

The judge's process runs this. A kernel that dies costs the cell or the exercise that killed it: the cells before are run
again in a fresh kernel without the deadly one, and the later exercises are judged as ever.
"""

import functools
import importlib
import json
import time
from dataclasses import dataclass, field

import nbformat

from autograder import restore
from autograder.outputs import clean
from autograder.records import ExerciseRecord, Record, worst
from course.checks import sentences
from course.checks.limits import TimeLimit, time_limit
from course.checks.verdict import Verdict

# seconds: of a call (where a check states no other), of a cell and of all calls of a check, of a whole submission
LIMITS = {"call": None, "cell": 180.0, "submission": 600.0}
GRACE = 30.0  # seconds beyond, for a check's own computing
RESTARTS = 40  # kernels that one submission may use up


@dataclass
class Job:
    """A submission to be graded. files: relative path -> bytes of all that was handed in; release: the lab as it was
    handed out; problem: why its notebook cannot even be opened, if so; limits: others than the usual ones."""

    student: str
    lab: str
    files: dict[str, bytes]
    secret: bytes
    release: str
    problem: str | None = None
    notes: list[str] = field(default_factory=list)
    limits: dict = field(default_factory=dict)


@functools.lru_cache(4)
def _released(text):
    return nbformat.reads(text, as_version=4)


class _OutOfTime(Exception):
    """The submission has used up its time."""


class _Replay:
    """What was done so far, and a kernel in which it is done: cells that ran, exercises that are kept for their check."""

    def __init__(self, warm, files, limits, deadline):
        self.warm, self.files, self.limits, self.deadline = warm, files, limits, deadline
        self.done: list[tuple[str, str]] = []
        self.kernel, self.seconds, self.kernels = None, 0.0, 0

    def left(self):
        left = self.deadline - time.monotonic()
        if left <= 0 or self.kernels > RESTARTS:
            raise _OutOfTime
        return left

    def ready(self):
        """A kernel in which everything done so far is done."""
        while self.kernel is None or self.kernel.end:
            self.release()
            self.left()
            memory = {k: v for k, v in self.limits.items() if k == "memory"}
            self.kernel = self.warm.take(memory)
            self.kernels += 1
            if self.files:
                self.kernel.files(self.files)
            for entry in list(self.done):
                kind, text = entry
                if kind == "keep":
                    self.kernel.keep(text, self.left())
                else:
                    self.kernel.run(text, min(self.limits["cell"], self.left()))
                if self.kernel.end:  # it did not before: it is left out from now on
                    self.done.remove(entry)
                    break
        return self.kernel

    def run(self, source):
        """Run a cell; a `kernel.Reply`."""
        reply = self.ready().run(source, min(self.limits["cell"], self.left()))
        if not reply.end:
            self.done.append(("run", source))
        return reply

    def keep(self, name):
        """Keep an exercise as it is at its check cell. Whether there is one."""
        found = self.ready().keep(name, self.left())
        if found:
            self.done.append(("keep", name))
        return found

    def spent(self):
        """Seconds inside the student's code so far."""
        return self.seconds + (self.kernel.seconds if self.kernel else 0.0)

    def release(self):
        if self.kernel is not None:
            self.seconds += self.kernel.seconds
            self.kernel.kill()
            self.kernel = None


class Engine:
    """warm: a `kernel.Warm`. One engine grades one submission at a time."""

    def __init__(self, warm):
        self.warm = warm

    def grade(self, job: Job) -> tuple[Record, str | None]:
        """The record of a submission, and its graded notebook (None when it could not be read)."""
        began = time.monotonic()
        release = _released(job.release)
        exercises = restore.exercises(release)
        problem, kind = job.problem, "invalid"
        data = job.files.get(f"{job.lab}.ipynb")
        if problem is None and data is None:
            problem, kind = f"No notebook called {job.lab}.ipynb was handed in.", "missing"
        prepared = None
        if problem is None:
            try:
                prepared = restore.restore(data, release)
            except restore.Unreadable as error:
                problem = str(error)
        if prepared is None:
            verdicts = {e.name: Verdict(e.name, kind, 0, e.points, problem) for e in exercises}
            return self._record(job, exercises, verdicts, {}, [], [problem, *job.notes], began, 0.0), None

        limits = {**LIMITS, **job.limits}
        files = {k: v for k, v in job.files.items() if k != f"{job.lab}.ipynb"}
        replay = _Replay(self.warm, files, limits, began + limits["submission"])
        verdicts, times, notes = self._replay(job, prepared, exercises, replay, limits)
        replay.release()
        notebook = prepared.notebook
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in verdicts:
                data = verdicts[name]._repr_mimebundle_()
                cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
                cell.execution_count = 1
        all_notes = [*job.notes, *prepared.notes, *notes]
        record = self._record(
            job, exercises, verdicts, times, prepared.manual, all_notes, began, replay.seconds
        )
        return record, nbformat.writes(notebook)

    def _record(self, job, exercises, verdicts, times, manual, notes, began, seconds):
        rows = []
        for e in exercises:
            v = verdicts[e.name]
            # the exercise's points are the release's, however the check counts
            points = e.points * v.points / v.max_points if v.max_points else 0.0
            rows.append(
                ExerciseRecord(
                    e.name,
                    v.kind,
                    points,
                    e.points,
                    v.message,
                    times.get(e.name, 0.0),
                    [
                        {"title": p.title, "points": p.points, "earned": p.earned, "message": p.message}
                        for p in v.parts
                    ],
                    v.frames,
                )
            )
        return Record(
            student=job.student,
            lab=job.lab,
            verdict=worst(r.verdict for r in rows),
            score=sum(r.points for r in rows),
            max_score=sum(r.max_points for r in rows),
            needs_manual=manual,
            seconds=seconds,
            overhead_seconds=max(time.monotonic() - began - seconds, 0.0),
            sandbox=self.warm.sandbox.kind,
            exercises=rows,
            notes=notes,
        )

    def _replay(self, job, prepared, exercises, replay, limits):
        lab = importlib.import_module(f"autograder.checks.{job.lab}").lab
        lab.secret = lambda: job.secret
        points = {e.name: e.points for e in exercises}
        verdicts, times, notes, failed = {}, {}, [], {}
        kept, own = [], sentences.Words([c.source for c in prepared.notebook.cells if c.cell_type == "code"])
        try:
            for step in prepared.steps:
                name = step.exercise
                if step.kind == "run":
                    self._run(step, prepared, replay, limits, failed, notes)
                elif replay.keep(name):
                    kept.append(name)
                else:
                    verdicts[name] = self._absent(name, points[name], failed)
            # only now, when no cell is left that could show what a check has asked
            for name in kept:
                before = replay.spent()
                verdicts[name] = self._judge(lab, name, points[name], replay, limits, own)
                times[name] = replay.spent() - before
                replay.done.remove(("keep", name))
        except _OutOfTime:
            notes.append(
                f"Stopped after {sentences.seconds(limits['submission'])}; what was not judged by then is not."
            )
            for e in exercises:
                said = f"The whole notebook may take {sentences.seconds(limits['submission'])}, and they were used up before {e.name} was judged."
                verdicts.setdefault(e.name, Verdict(e.name, "time-limit", 0, e.points, said))
        return verdicts, times, notes

    def _run(self, step, prepared, replay, limits, failed, notes):
        cell = prepared.notebook.cells[step.cell]
        for source in step.sources:
            if not source.strip():
                continue
            reply = replay.run(source)
            end = reply.end or ("time-limit" if reply.over else "")
            outputs = clean(reply.outputs)
            if end:
                text = _STOPPED[end].format(
                    seconds=sentences.seconds(min(limits["cell"], limits["submission"]))
                )
                outputs.append(nbformat.v4.new_output("stream", name="stderr", text=f"[{text}]\n"))
                of = f" (the answer of {step.exercise})" if step.exercise else ""
                notes.append(f"Cell {step.cell + 1}{of}: {text}")
            if end or reply.failed:
                no_memory = (
                    reply.failed == "MemoryError"
                    or "can't allocate memory" in json.dumps(reply.outputs)[:10_000]
                )
                kind = (
                    end if end in ("time-limit", "memory-limit") else "memory-limit" if no_memory else "error"
                )
                error = next((o for o in outputs if o.output_type == "error"), None)
                said = f"{error.ename}: {error.evalue}".strip()[:300] if error else reply.failed
                failed[step.exercise] = failed["last"] = (kind, text if end else said, step.cell)
            cell.outputs, cell.execution_count = outputs, reply.count

    def _absent(self, name, points, failed):
        """The verdict on an exercise of which there is nothing at its check cell."""
        kind, what, cell = failed.get(name) or failed.get("last") or ("missing", "", 0)
        if name in failed:
            message = f"The cell of {name} stopped, so there is no {name} to judge. {what}"
        elif what:
            message = f"There is no {name} in your notebook when it is run from the top. Cell {cell + 1} stopped: {what}"
        else:
            message = f"{name} is not written yet: nothing in your notebook has that name."
        return Verdict(name, kind, 0, points, message)

    def _judge(self, lab, name, points, replay, limits, own):
        kernel = replay.ready()
        left = replay.left()
        if not kernel.probe(name, left):
            return Verdict(name, "error", 0, points, f"The kernel died before {name} could be judged.")
        cell_limit = min(limits["cell"], left)
        try:
            with time_limit(cell_limit + GRACE):
                verdict = lab.run(
                    name, kernel.transport, call_limit=limits["call"], cell_limit=cell_limit, own=own
                )
            kernel.done(max(replay.deadline - time.monotonic(), 1.0))
            kernel.fit()
            return verdict
        except TimeLimit:  # the check's own computing, on what the student's code sent
            kernel.kill("time-limit")
            error = {"kind": "time-limit", "message": "", "limit": cell_limit}
            return Verdict(name, "time-limit", 0, points, sentences.of_error(name, error, True))


_STOPPED = {
    "lost": "the kernel died while this cell ran; the cells after it ran in a fresh one, without this cell.",
    "time-limit": "this cell was stopped after {seconds}.",
    "memory-limit": "this cell used more memory than a submission may have, and was stopped.",
}
