"""A lab's checks: declared once as plain functions, run the same in a student's kernel, in nbgrader and by a judge.

    lab = Lab("lab01_cbow")

    @lab.check(points=3, returns=(list,))
    def context_windows(student):
        ...                       # calls student like the real thing, and says what is wrong

    check = lab.check_cell        # what a notebook imports: check(context_windows) is a Verdict

A hidden module extends the visible one: `lab = visible.lab.extend(secret=...)`, and a hidden check runs after the
visible one of the same name has passed, or in its place (`alone`). Points: each `part` earns its own; the rest is earned by reaching the end.
"""

import hashlib
import sys
import traceback
from dataclasses import dataclass

from .limits import Globals
from .probe import Probe
from .require import Wrong, current_run
from .student import CALL_LIMIT, CELL_LIMIT, Student, StudentError
from .verdict import KINDS, Verdict


@dataclass(frozen=True)
class Exercise:
    """One exercise: its check and what holds for every call of the student's code."""

    name: str
    check: object
    points: float
    returns: tuple = ()
    finite: bool = True
    limit: float = CALL_LIMIT
    without: tuple = ()
    alone: bool = False


class Run:
    """The state of one check while it runs: its parts, and the errors met in them."""

    def __init__(self):
        self.parts, self.open_part, self.errors = [], False, []

    def note(self, error):
        self.errors.append(error)


class Lab:
    """The exercises of a lab, in their order.

    name: as in `labs/`; visible: the lab that this one extends; secret: () -> bytes, the class secret from which a
    hidden check draws its cases.
    """

    def __init__(self, name: str, visible=None, secret=None):
        self.name, self.visible, self.secret = name, visible, secret
        self.exercises: dict[str, Exercise] = {}

    def extend(self, secret):
        """A lab whose checks run after this one's, on cases that the class secret decides."""
        return Lab(self.name, visible=self, secret=secret)

    def check(self, points=None, returns=None, finite=None, limit=None, without=None, alone=False):
        """Declare a check; the function's name is the exercise's.

        points: of the exercise (taken from the visible check by a hidden one, like all that is not given);
        returns: a tuple of types of which every value must be one; finite: whether nan is refused; limit: seconds a call; without: library
        calls that the statement forbids, as `without.CALLS` names them; alone: whether a hidden check asks for all that the visible one
        does, on its own cases and with all of its parts, and stands in its place (an answer that trains a model does so once and not twice).
        """

        def declare(function):
            name = function.__name__
            given = {
                "points": points,
                "returns": returns,
                "finite": finite,
                "limit": limit,
                "without": without,
            }
            base = vars(self.visible.exercises[name]) if self.visible else {"name": name}
            fields = {**base, **{k: v for k, v in given.items() if v is not None}, "alone": alone}
            self.exercises[name] = Exercise(**{**fields, "check": function})
            return function

        return declare

    @property
    def points(self) -> float:
        """The sum of all exercises' points."""
        return sum(e.points for e in self.exercises.values())

    def check_cell(self, target) -> Verdict:
        """Check one exercise in this process: what `check(my_function)` in a notebook does.

        The exercise is the one under whose name the caller knows `target`; else the one of `target`'s own name.
        """
        name = self._name_of(target, sys._getframe(1).f_globals)
        if name is None:
            hint = ", ".join(self.exercises)
            return Verdict(
                "check",
                "invalid",
                0,
                0,
                f"This is none of the exercises of {self.name} ({hint}). Pass the function itself: check({next(iter(self.exercises))}).",
            )
        outside = Globals.now()
        try:
            probe = Probe(target)
            return self.run(name, lambda frame, limit: probe.handle(frame))
        finally:
            outside.restore()

    def _name_of(self, target, names):
        own = getattr(target, "__name__", None)
        if own in self.exercises and names.get(own, target) is target:
            return own
        for name in self.exercises:
            if name in names and names[name] is target:
                return name
        return own if own in self.exercises else None

    def seed_of(self, name: str) -> int:
        """The seed of an exercise's cases: 0 in a visible check, drawn from the class secret in a hidden one."""
        if self.secret is None:
            return 0
        digest = hashlib.sha256(b"\0".join([self.secret(), self.name.encode(), name.encode()])).digest()
        return int.from_bytes(digest[:6], "big")

    def run(self, name: str, transport, call_limit=None, cell_limit=CELL_LIMIT, own=None) -> Verdict:
        """The verdict of one exercise. transport: carries a request frame to the probe and its reply back;
        call_limit: seconds that no call may exceed, whatever its check states; cell_limit: for all calls together; own: the
        `sentences.Words` that may be repeated of what the far end says (None: all, as in the student's own process).

        Errors in the student's code become the verdict; an exception of the check's own is `invalid`.
        """
        exercise, run = self.exercises[name], Run()
        limit = exercise.limit if call_limit is None else min(exercise.limit, call_limit)
        options = {
            "returns": exercise.returns,
            "finite": exercise.finite,
            "limit": limit,
            "without": exercise.without,
            "own": own,
        }
        student = Student(
            name, transport, secret=self.visible is not None, seed=self.seed_of(name), **options
        )
        student.session.allow(cell_limit)
        token = current_run.set(run)
        kind, message, frames, rest = "correct", "", [], 0.0
        Globals.clean(student.seed % 2**31)
        try:
            said = ""
            shape_error(student)
            if self.visible and not exercise.alone:
                seen = Student(name, transport, **options)
                seen.session = student.session
                said = self.visible.exercises[name].check(seen) or ""
            said = exercise.check(student) or said
            rest = exercise.points - sum(p.points for p in run.parts)
            if rest < 0:
                raise RuntimeError(f"the parts of {name} are worth more than its {exercise.points} points")
            message = said
        except Wrong as error:
            kind, message = "wrong-answer", str(error)
        except StudentError as error:
            kind, message = error.verdict, str(error)
            frames = [] if kind == "missing" else error.frames
        except KeyboardInterrupt:
            raise
        except Exception:
            kind, message = (
                "invalid",
                "The check itself failed; this is not your fault. Show it to your instructor.",
            )
            frames = [
                {"name": f.name, "line": f.lineno, "text": f.line}
                for f in traceback.extract_tb(sys.exc_info()[2])[-1:]
            ]
            if self.visible is not None:
                frames = []
        finally:
            current_run.reset(token)
            # A value's graph holds the session, and the session its last value: a ring through torch that no collection frees.
            student.session.last.value = None
        lost = [p for p in run.parts if p.message]
        if kind == "correct" and lost:
            kind, message = max((p.kind for p in lost), key=KINDS.index), lost[0].message
            frames = run.errors[0].frames if run.errors else []
        earned = 0 if kind in ("missing", "invalid") else rest + sum(p.earned for p in run.parts)
        if kind == "correct" and not message:
            message = (
                ""
                if self.visible
                else "Right on every case tried here. The grader tries more: what else does the statement ask for?"
            )
        return Verdict(
            name,
            kind,
            earned,
            exercise.points,
            message,
            parts=run.parts,
            frames=frames,
            printed="" if self.visible or kind == "correct" else student.last.stdout,
            seconds=student.session.seconds,
            hidden=self.visible is not None,
        )


def shape_error(student):
    """Refuse what cannot be called at all, in words."""
    what = student.describe()
    if "error" in what:
        raise student._error(what["error"])
    if what["kind"] == "value":
        raise StudentError(
            f"{student.name} is {'None' if what['type'] == 'NoneType' else 'a ' + what['type']}, not a function. "
            f"Pass the function itself, without calling it: `check({student.name})`.",
            "value",
        )
