"""What the cases are made of: where the trouble stands, what is expected, and how one is graded."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from autograder.judge import Job
from autograder.submissions import read_submission
from tests.submissions import cell, solved

LAB = "lab00_start"
VICTIM = "pairwise_dot"  # the exercise whose answer is the trouble; one is before it and two are after
POINTS, FULL = 3, 13
LIMITS = {"call": 1.0, "cell": 2.0, "submission": 60.0, "memory": 600 * 2**20}

CASES = []


@dataclass
class Case:
    """One submission. make: (folder, lab) -> files, or None when it wrote them into the folder itself.

    verdict: of the submission; a tuple where a machine decides between them, empty where anything goes. of: the verdicts
    allowed for `VICTIM`, the others being correct; None when every exercise has the submission's. score: None to not ask.
    """

    name: str
    where: str
    about: str
    make: Callable
    verdict: tuple[str, ...]
    score: float | None
    of: tuple[str, ...] | None = None
    noted: str = ""
    limits: dict = field(default_factory=lambda: dict(LIMITS))

    def __str__(self):
        return f"{self.name}-{self.where}"

    def grade(self, judge, folder: Path):
        """The record of this submission, made in an empty folder."""
        files, notes, problem = self.make(folder), [], None
        if files is None:
            found = read_submission(folder / LAB, LAB)
            files, notes, problem = found.files, found.notes, found.problem
        return judge.grade(Job("eve", LAB, files, limits=self.limits, problem=problem, notes=notes))[0]

    def problems(self, record) -> list[str]:
        """What in a record is not as it must be."""
        out = []
        if self.verdict and record.verdict not in self.verdict:
            out.append(f"the submission is {record.verdict}, not {' or '.join(self.verdict)}")
        if self.score is not None and record.score != self.score:
            out.append(f"it earns {record.score}, not {self.score}")
        if len(record.exercises) != 4 or not 0 <= record.score <= record.max_score == FULL:
            out.append("the record is not whole")
        for e in record.exercises:
            wanted = self.verdict if self.of is None else self.of if e.name == VICTIM else ("correct",)
            if wanted and e.verdict not in wanted:
                out.append(f"{e.name} is {e.verdict}, not {' or '.join(wanted)}: {e.message}")
            if e.verdict != "correct" and not e.message:
                out.append(f"{e.name} is {e.verdict} without a word")
        if self.noted not in " ".join(record.notes):
            out.append(f"no note says {self.noted!r}: {record.notes}")
        return out


def _verdicts(said):
    return (said,) if isinstance(said, str) else said


def with_answer(source):
    """The solved lab, with this in place of the victim's answer."""
    return {f"{LAB}.ipynb": nbformat.writes(solved(LAB, **{VICTIM: source})).encode()}


def with_cell(source):
    """The solved lab, with a scratch cell on top."""
    notebook = solved(LAB)
    notebook.cells.insert(0, new_code_cell(source))
    return {f"{LAB}.ipynb": nbformat.writes(notebook).encode()}


def runs(call=None, answer=None, scratch=None, seconds=LIMITS["call"], **limits):
    """Enter trouble in up to three places. The function returns its source.

    call: the verdicts of the exercise when it is the answer's body; answer: when it stands above the answer in its cell;
    scratch: what a note says when it is a cell of its own, which costs no mark; seconds: that a call may take, and twice that a
    cell; limits: others than `LIMITS`.
    """

    def enter(function):
        source, name, about = function(), function.__name__, " ".join(function.__doc__.split())
        common = {"limits": {**LIMITS, "call": seconds, "cell": 2 * seconds, **limits}}
        if call is not None:
            body = f"def {VICTIM}(a, b):\n{textwrap.indent(source, '    ')}"
            files = lambda folder: with_answer(body)  # noqa: E731
            CASES.append(
                Case(name, "call", about, files, _verdicts(call), FULL - POINTS, _verdicts(call), **common)
            )
        if answer is not None:
            above = f"{source}\n\n\n{cell(solved(LAB), f'{VICTIM}_answer').source}"
            files = lambda folder: with_answer(above)  # noqa: E731
            CASES.append(
                Case(
                    name,
                    "answer",
                    about,
                    files,
                    _verdicts(answer),
                    FULL - POINTS,
                    _verdicts(answer),
                    **common,
                )
            )
        if scratch is not None:
            files = lambda folder: with_cell(source)  # noqa: E731
            CASES.append(Case(name, "scratch", about, files, ("correct",), FULL, noted=scratch, **common))
        return function

    return enter


def anything_goes(function):
    """Enter a first cell that breaks its own kernel in a way for which no verdict is wrong, as long as there is one."""
    source, about = function(), " ".join(function.__doc__.split())
    CASES.append(Case(function.__name__, "scratch", about, lambda folder: with_cell(source), (), None))
    return function


def hands_in(verdict="invalid", score=0, noted=""):
    """Enter a submission whose file is trouble. The function returns the notebook's bytes, or all files."""

    def enter(function):
        def files(folder):
            made = function()
            return made if isinstance(made, dict) else {f"{LAB}.ipynb": made}

        about = " ".join(function.__doc__.split())
        CASES.append(Case(function.__name__, "file", about, files, _verdicts(verdict), score, noted=noted))
        return function

    return enter


def lies_in(verdict="invalid", score=0, noted=""):
    """Enter a submission that is trouble on disk. The function fills `folder / LAB`."""

    def enter(function):
        about = " ".join(function.__doc__.split())
        make = lambda folder: function(folder)  # noqa: E731
        CASES.append(Case(function.__name__, "disk", about, make, _verdicts(verdict), score, noted=noted))
        return function

    return enter
