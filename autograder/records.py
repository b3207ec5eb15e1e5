"""A record: what grading one submission gave, as plain data.

The judge makes records, one process writes them into the gradebook, and the report is drawn from them. A record is kept
under `.autograder/<lab>/<student>.json` in the course directory, with the address of what made it: the submission, the
release, the checks, the class secret and the versions. A submission whose address has not changed is not run again.

    store = Store(course, "lab01_cbow")
    record = store.find("ada", address)       # the Record made from just this, or None
    store.keep(record, notebook)
"""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

# Mildest first; a submission's verdict is the worst of its exercises'.
VERDICTS = ("correct", "missing", "wrong-answer", "error", "memory-limit", "time-limit", "invalid")
FOLDER = ".autograder"


def worst(verdicts) -> str:
    """The worst of some verdicts; "correct" for none."""
    return max(verdicts, key=VERDICTS.index, default="correct")


@dataclass
class ExerciseRecord:
    """What one exercise got. message: a sentence for the student; parts: {title, points, earned, message} each;
    frames: the student's own lines, {name, line, text} each; seconds: inside the student's code for this exercise."""

    name: str
    verdict: str
    points: float
    max_points: float
    message: str = ""
    seconds: float = 0.0
    parts: list[dict] = field(default_factory=list)
    frames: list[dict] = field(default_factory=list)


@dataclass
class Record:
    """What one submission got.

    score, max_score: points of the autograded exercises; needs_manual: grade_ids that a person must mark; seconds: inside
    the student's cells and calls; overhead_seconds: the rest of the wall clock; sandbox: "bwrap", "bwrap-plain" or "none";
    cached: taken from the store; notes: sentences for the instructor (a cell that hung, a file that was left out);
    address: of what made it.
    """

    student: str
    lab: str
    verdict: str
    score: float
    max_score: float
    needs_manual: list[str] = field(default_factory=list)
    seconds: float = 0.0
    overhead_seconds: float = 0.0
    sandbox: str = "bwrap"
    cached: bool = False
    exercises: list[ExerciseRecord] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    address: str = ""

    def to_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> "Record":
        return cls(**{**data, "exercises": [ExerciseRecord(**e) for e in data["exercises"]]})

    def public(self) -> dict:
        """The object that `--json` writes: the documented fields and no others."""
        fields = (
            "student",
            "lab",
            "verdict",
            "score",
            "max_score",
            "needs_manual",
            "seconds",
            "overhead_seconds",
            "sandbox",
            "cached",
        )
        exercise = ("name", "verdict", "points", "max_points", "message", "seconds")
        out = {name: getattr(self, name) for name in fields}
        out["exercises"] = [{name: getattr(e, name) for name in exercise} for e in self.exercises]
        return out


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader, or a grader killed half way, sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


class Store:
    """The records of one lab of one course."""

    def __init__(self, course: Path, lab: str):
        self.folder = Path(course) / FOLDER / lab

    def _paths(self, student: str) -> tuple[Path, Path]:
        return self.folder / f"{student}.json", self.folder / f"{student}.ipynb"

    def find(self, student: str, address: str) -> Record | None:
        """The student's record if it was made from what `address` stands for; it says `cached`."""
        record = self.get(student)
        return record if record is not None and record.address == address else None

    def get(self, student: str) -> Record | None:
        """The student's latest record, whatever made it."""
        try:
            record = Record.from_dict(json.loads(self._paths(student)[0].read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None
        record.cached = True
        return record

    def notebook(self, student: str) -> str | None:
        """The graded notebook's text, or None where the submission had no readable one."""
        try:
            return self._paths(student)[1].read_text(encoding="utf-8")
        except OSError:
            return None

    def keep(self, record: Record, notebook: str | None) -> None:
        """Keep a record and its graded notebook; the record is written last, so it never stands alone."""
        record_path, notebook_path = self._paths(record.student)
        if notebook is None:
            notebook_path.unlink(missing_ok=True)
        else:
            write_whole(notebook_path, notebook)
        write_whole(record_path, json.dumps(record.to_dict(), ensure_ascii=False))

    def all(self) -> Iterator[Record]:
        """Every record of the lab, by student."""
        for path in sorted(self.folder.glob("*.json")):
            record = self.get(path.stem)
            if record is not None:
                yield record
