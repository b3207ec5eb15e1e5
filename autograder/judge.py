"""The judge: a process that runs checks, with the warm parent of its kernels behind the walls; student code runs in neither.

    with Judge(sandbox="auto") as judge:
        record, notebook = judge.grade(Job(student="ada", lab="lab00_start", files={"lab00_start.ipynb": data}, ...))

`Judge` is the handle of whoever hands out the work (a Dask worker, a test). It imports nothing heavy; the process behind it
does, and is started again when it dies or takes longer than a submission may. They speak JSON over a socket.
"""

import base64
import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from autograder.records import ExerciseRecord, Record

ROOT = Path(__file__).resolve().parents[1]
START = 180.0  # seconds for the judge to be ready
SUBMISSION = 600.0
SPARE = 120.0  # seconds beyond a submission's own limit until the judge itself is taken for hung
_SIZE = struct.Struct(">Q")


class JudgeError(Exception):
    """The judge cannot work here; the text says why and what to do."""


@dataclass
class Job:
    """A submission to be graded.

    files: relative path -> bytes of all that was handed in, the notebook as "<lab>.ipynb"; secret: the class secret;
    source: the folder that holds `labs/`; release: the released lab's text, where it is not that folder's; problem: a
    sentence, when the notebook could not even be opened; notes: of whoever collected the files; limits: others than the
    usual ones, of "call", "cell", "submission" (seconds) and "memory" (bytes).
    """

    student: str
    lab: str
    files: dict[str, bytes]
    secret: bytes = bytes(32)
    source: Path = ROOT
    release: str | None = None
    problem: str | None = None
    notes: list[str] = field(default_factory=list)
    limits: dict = field(default_factory=dict)

    def release_text(self) -> str:
        """The lab as it was handed out. Raises JudgeError when it is not there."""
        if self.release is None:
            path = Path(self.source) / "labs" / self.lab / f"{self.lab}.ipynb"
            try:
                self.release = path.read_text(encoding="utf-8")
            except OSError:
                raise JudgeError(f"There is no released lab {self.lab!r} in {path.parents[1]}.") from None
        return self.release


def _send(line, message):
    data = json.dumps(message).encode()
    line.sendall(_SIZE.pack(len(data)))
    line.sendall(data)


def _receive(line, deadline=None):
    """A message; None when the other side is gone. Raises TimeoutError."""

    def exactly(size):
        out = bytearray()
        while len(out) < size:
            left = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not select.select([line], [], [], left)[0]:
                raise TimeoutError
            piece = line.recv(min(size - len(out), 1 << 20))
            if not piece:
                return None
            out += piece
        return bytes(out)

    head = exactly(_SIZE.size)
    body = exactly(_SIZE.unpack(head)[0]) if head else None
    return None if body is None else json.loads(body)


class Judge:
    """sandbox: as for `autograder.sandbox.choose`; hidden: folders that must not be seen by student code, whatever else is; slot: the
    GPU its kernels may use ({"device", "share"}), or None.

    Raises JudgeError where it cannot work.
    """

    def __init__(self, sandbox: str = "auto", hidden: tuple[Path, ...] = (), slot: dict | None = None):
        self.options = {"sandbox": sandbox, "hidden": [str(h) for h in hidden], "slot": slot}
        self.process, self.kind = None, ""
        self._start()

    def _start(self):
        self.line, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder.judge", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
        )
        theirs.close()
        with contextlib.suppress(OSError):
            _send(self.line, self.options)
        try:
            said = _receive(self.line, time.monotonic() + START)
        except (TimeoutError, OSError):
            said = None
        if said is None or "failed" in said:
            self.close()
            raise JudgeError(said["failed"] if said else "The judge did not start.")
        self.kind = said["sandbox"]

    def grade(self, job: Job) -> tuple[Record, str | None]:
        """The record of a submission, and its graded notebook's text (None when it had none that can be read).

        Raises JudgeError when the judge cannot work: that is no verdict on the submission.
        """
        message = {
            "student": job.student,
            "lab": job.lab,
            "files": {k: base64.b64encode(v).decode() for k, v in job.files.items()},
            "secret": base64.b64encode(job.secret).decode(),
            "release": job.release_text(),
            "problem": job.problem,
            "notes": job.notes,
            "limits": job.limits,
        }
        limit = job.limits.get("submission", SUBMISSION) + SPARE
        for _ in range(2):  # what kills the judge is tried once more, so that an accident costs nobody a mark
            try:
                _send(self.line, message)
                said = _receive(self.line, time.monotonic() + limit)
            except (TimeoutError, OSError):
                said = None
            if said is not None:
                if "failed" in said:
                    raise JudgeError(said["failed"])
                return Record.from_dict(said["record"]), said["notebook"]
            self.close()
            self._start()
        return self._given_up(job), None

    def _given_up(self, job):
        """The record of a submission that ended the judge twice: for a person to look at."""
        import nbformat

        from autograder.restore import exercises, manual

        release = nbformat.reads(job.release_text(), as_version=4)
        said = "Grading this submission ended the grader itself, twice; a person must look at it."
        rows = [ExerciseRecord(e.name, "invalid", 0.0, e.points, said) for e in exercises(release)]
        total = sum(r.max_points for r in rows)
        return Record(
            job.student,
            job.lab,
            "invalid",
            0.0,
            total,
            manual(release),
            sandbox=self.kind,
            exercises=rows,
            notes=[said],
        )

    def close(self) -> None:
        """End the judge, its warm parent and every kernel."""
        self.line.close()
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def main(line) -> None:
    """The judge's process: one job after the other until the line closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever hands out the work
    options = _receive(line)
    if options is None:
        return

    from autograder import gpus, sandbox

    slot = options["slot"]
    about = {
        "hidden": tuple(map(Path, options["hidden"])),
        "devices": gpus.device_files() if slot else (),
    }
    # CUDA maps far more addresses than it uses: with a GPU, only what is held counts
    limits, environment = {"addresses": 0} if slot else None, gpus.environment(slot)
    # the warm parent imports what it needs while this process does the same
    walls, started = sandbox.Sandbox("bwrap", **about), None
    if options["sandbox"] not in ("none", "plain") and sandbox.has_bubblewrap():
        started = walls.start()

    import torch
    import torch.fx.experimental.symbolic_shapes  # what the first backward would import, in the middle of a submission

    from autograder import engine
    from autograder.kernel import LIMITS, Warm, WarmError

    torch.set_num_threads(1)
    try:
        try:
            if started is None:
                raise WarmError("no bubblewrap")
            warm = Warm(walls, limits, environment, started=started)
            warm.fork({**LIMITS, **(limits or {})}).kill()
        except WarmError:  # find out what this machine allows
            warm = Warm(sandbox.choose(options["sandbox"], **about), limits, environment)
    except sandbox.SandboxError as error:
        _send(line, {"failed": str(error)})
        return
    except WarmError as error:
        _send(line, {"failed": f"The warm kernel could not be started: {error}."})
        return
    try:
        warm.prepare()
        _send(line, {"sandbox": warm.sandbox.kind})
        grader = engine.Engine(warm)
        while (message := _receive(line)) is not None:
            files = {k: base64.b64decode(v) for k, v in message.pop("files").items()}
            secret = base64.b64decode(message.pop("secret"))
            try:
                record, notebook = grader.grade(engine.Job(files=files, secret=secret, **message))
                _send(line, {"record": record.to_dict(), "notebook": notebook})
            except WarmError as error:
                _send(line, {"failed": f"No kernel can be started any more: {error}."})
            except ModuleNotFoundError as error:
                _send(line, {"failed": f"There are no checks for {message['lab']} ({error})."})
    finally:
        warm.close()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        main(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)  # tidying up torch takes half a second
