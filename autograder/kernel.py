"""A kernel for one submission, seen from the judge: run its cells, probe its exercises, watch it, kill it.

    warm = Warm(choose("auto"))            # the warm parent, behind the walls
    kernel = warm.take()                   # forked ahead of time
    reply = kernel.run("x = 1", limit=180)
    kernel.probe("masked_mean"); verdict = lab.run("masked_mean", kernel.transport)
    kernel.kill()

Everything a kernel says comes from a process in which student code runs; whoever reads it checks its form. How long it
took and how much memory it used is seen from here, never asked.
"""

import contextlib
import json
import os
import select
import selectors
import signal
import socket
import struct
import time
from dataclasses import dataclass, field
from pathlib import Path

from autograder.sandbox import Sandbox
from course.checks import wire
from course.checks.pipe import Pipe

MIB = 2**20
# What a submission may use. memory: bytes in all its processes; addresses: whether each of them is held to that as well, by
# the system and at once; file: bytes a file and a scratch folder; cpu: seconds.
LIMITS = {
    "memory": 3 * 2**30,
    "addresses": 1,
    "processes": 128,
    "file": 256 * MIB,
    "files": 1024,
    "cpu": 1200,
}
START = 120.0  # seconds for the warm parent to import everything, on a busy machine
FORK = 30.0
PATIENCE = 30.0  # seconds for what takes a healthy kernel a few milliseconds
CROWD = 32  # processes that are left when a cell has ended; a pool of workers is well below
FULL = 0.75  # of the memory limit, held at the end of a cell
_WATCH = 0.05  # seconds between two looks at a kernel's memory
_PAGE = os.sysconf("SC_PAGE_SIZE")
_CRED = struct.Struct("3i")


class WarmError(Exception):
    """The warm parent could not start, or could not fork a kernel; the text says which step failed."""


@dataclass
class Reply:
    """What running a cell gave. outputs: as nbformat has them, from a stranger, to be cleaned; count: of the prompt; failed: the
    type of the exception that ended it; over: whether it was stopped for its time; end: why there is no kernel any more."""

    outputs: list = field(default_factory=list)
    count: int | None = None
    failed: str = ""
    over: bool = False
    end: str = ""


@dataclass
class Kernel(Pipe):
    """One kernel. `seconds` is how long it was busy with cells and calls; `end` says why it is no more: "", "lost", "time-limit",
    "memory-limit"."""

    line: socket.socket
    first: int  # the process whose death is the death of all of them, as numbered here
    pid: int
    base: int  # bytes it had when it was ready
    memory: int
    seconds: float = 0.0
    end: str = ""
    peak: int = 0
    _looked: float = field(default=0.0, repr=False)

    def __post_init__(self):
        self._handle = os.pidfd_open(self.first)
        super().__init__(os.dup(self.line.fileno()), os.dup(self.line.fileno()), self.kill)

    def request(self, operation: dict, limit: float) -> dict:
        """One request to the kernel itself, and its reply: a dict, or {"end": why} when there is no kernel any more."""
        before = self.seconds
        reply = self._exchange(b"K" + wire.encode(operation), limit)
        if operation["op"] != "run":  # work of ours
            self.seconds = before
        if self.end:
            return {"end": self.end}
        try:
            out = wire.decode(reply)
        except wire.WireError:
            out = None
        if not isinstance(out, dict):
            self.kill("lost")
            return {"end": "lost"}
        return out

    def run(self, source: str, limit: float) -> Reply:
        """Run a cell."""
        said = self.request({"op": "run", "source": source, "limit": limit}, limit)
        self.fit()
        if self.end:
            return Reply(end=self.end)
        count, failed = said.get("count"), said.get("failed")
        return Reply(
            said.get("outputs") if isinstance(said.get("outputs"), list) else [],
            count if type(count) is int and 0 < count < 10**6 else None,
            failed[:80] if isinstance(failed, str) else "",
            said.get("over") is True,
        )

    def fit(self) -> bool:
        """Whether the kernel can go on. One that holds most of its memory, or has become a crowd, would fail whatever is
        asked of it next, so it is ended here, where one can still tell whose doing it was."""
        if not self.end and self.look() > FULL * self.memory:
            self.kill("memory-limit")
        if not self.end and len(_family(self.first)) > CROWD:
            self.kill("lost")
        return not self.end

    def keep(self, name: str, limit: float = PATIENCE) -> bool:
        """Keep an exercise as it is now, to be probed later. Whether the kernel has that name."""
        return self.request({"op": "keep", "name": name}, min(PATIENCE, limit)).get("found") is True

    def probe(self, name: str, limit: float = PATIENCE) -> bool:
        """Have the transport speak to the probe of an exercise that was kept, until `done`."""
        return self.request({"op": "probe", "name": name}, min(PATIENCE, limit)).get("found") is True

    def done(self, limit: float = PATIENCE) -> None:
        """End the probe; what it was asked is forgotten with it."""
        self.request({"op": "done"}, min(PATIENCE, limit))

    def files(self, files: dict[str, bytes]) -> None:
        """Put files into the kernel's working folder."""
        self.request({"op": "files", "files": files}, PATIENCE)

    def transport(self, frame: bytes, limit: float) -> bytes:
        """For `Lab.run`: a frame to the probe and its reply, or an error reply when the kernel is no more."""
        reply = self._exchange(b"P" + frame, limit)
        if not self.end:
            return reply
        error = {"kind": self.end, "message": "", "limit": limit}
        return wire.encode([{"error": error}])

    def _exchange(self, frame, limit):
        if self.end:
            return b""
        began = time.monotonic()
        try:
            return self.exchange(frame, limit)
        except TimeoutError:
            self.kill("time-limit")
        except MemoryError:
            self.kill("memory-limit")
        except (EOFError, OSError):
            self.look()
            self.kill("memory-limit" if self.peak > self.memory else "lost")
        finally:
            self.seconds += time.monotonic() - began
        return b""

    def wait(self, descriptor, event, deadline):
        """Wait for the kernel, with an eye on its memory. Raises TimeoutError, MemoryError."""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            while True:
                now = time.monotonic()
                if now >= deadline:
                    raise TimeoutError
                if selector.select(min(_WATCH, deadline - now)):
                    return
                if self.look() > self.memory:
                    raise MemoryError

    def look(self) -> int:
        """Bytes that the submission's processes hold beyond what the kernel was born with."""
        family, held = _family(self.first), 0
        for pid in family:
            with contextlib.suppress(OSError, ValueError):
                held += max(_held(pid) - self.base, 0)
        if held > FULL * self.memory and len(family) > 2:  # they may share what was counted once for each
            with contextlib.suppress(OSError, ValueError):
                held = min(held, sum(map(_share, family)))
        self.peak = max(self.peak, held)
        return held

    def kill(self, why: str = "lost") -> None:
        """End the kernel with all its processes."""
        self.end = self.end or why
        if self._handle is None:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        os.close(self._handle)
        self._handle = None
        for descriptor in (self.to_child, self.from_child):
            os.close(descriptor)
        self.line.close()


def _held(pid):
    """Bytes that a process holds, alone or shared with its kin; files that it only maps do not count."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))


def _share(pid):
    """The same, each page divided by the number of processes that share it. Slow."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def _family(pid):
    """A process and all below it."""
    out = [pid]
    for parent in out:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                out += map(int, Path(f"/proc/{parent}/task/{task}/children").read_text().split())
        if len(out) > 2000:
            break
    return out


class Warm:
    """The warm parent, and one kernel forked ahead.

    environment: of every kernel, such as the GPU it may use; started: what `sandbox.start()` gave, when the parent is
    already on its way. Raises WarmError.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        limits: dict | None = None,
        environment: dict | None = None,
        mode: str | None = None,
        started: tuple | None = None,
    ):
        self.sandbox, self.limits, self.mode = sandbox, {**LIMITS, **(limits or {})}, mode
        self.environment, self.spare, self.used = environment or {}, None, False
        self._start(started)

    def _start(self, started=None):
        self.process, self.control = started or self.sandbox.start(self.mode)
        self.control.settimeout(START)
        try:
            said = self.control.recv(64)
        except (TimeoutError, OSError):
            said = b""
        if said != b"warm\n":
            self.process.kill()
            error = self.process.stderr.read().decode(errors="replace").strip().splitlines()
            self.control.close()
            raise WarmError(error[-1] if error else "the warm parent did not start")

    def take(self, limits: dict | None = None) -> Kernel:
        """A ready kernel; the next one is begun at once. limits: others than the usual ones, for this kernel."""
        wanted = {**self.limits, **(limits or {})}
        spare, self.spare = self.spare, None
        if spare is not None and spare[1] == wanted:
            line = spare[0]
        else:
            if spare is not None:
                spare[0].close()
            line = self._ask(wanted)
        kernel = self._ready(line, wanted)
        self.prepare()
        return kernel

    def prepare(self) -> None:
        """Have a kernel forked now, for the next `take`."""
        if self.spare is None and self.sandbox.kind == "bwrap":
            self.spare = (self._ask(self.limits), self.limits)

    def fork(self, limits: dict) -> Kernel:
        """A kernel forked now."""
        return self._ready(self._ask(limits), limits)

    def _ask(self, limits):
        if self.sandbox.kind == "bwrap-plain":
            if self.used:  # it has become a kernel, which may still be on its way out
                self._end()
                self._start()
            self.used = True
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        message = {
            "limits": limits,
            "environment": self.environment,
            "folder": self.sandbox.working_folder(),
            "shown": [target for _, target in self.sandbox.shown()],
        }
        try:
            socket.send_fds(self.control, [json.dumps(message).encode()], [theirs.fileno()])
        except OSError:
            raise WarmError("the warm parent has died") from None
        theirs.close()
        return ours

    def _ready(self, line, limits):
        deadline, first = time.monotonic() + FORK, None
        while True:
            message, pid = _message(line, deadline)
            if message.get("first"):
                first = pid
            elif message.get("ready"):
                first = first or (self.process.pid if self.sandbox.kind == "bwrap-plain" else pid)
                try:
                    kernel = Kernel(line, first, pid, 0, limits["memory"])
                except ProcessLookupError:
                    raise WarmError("the kernel ended when it was ready") from None
                with contextlib.suppress(OSError, ValueError):
                    kernel.base = _held(pid)
                return kernel
            else:
                line.close()
                raise WarmError(message.get("failed", "the kernel did not start"))

    def memory(self) -> int:
        """Bytes that the warm parent holds."""
        with contextlib.suppress(OSError, ValueError):
            return max(map(_held, _family(self.process.pid)))
        return 0

    def close(self) -> None:
        if self.spare is not None:
            self.spare[0].close()
        self._end()
        self.sandbox.close()

    def _end(self):
        self.control.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()


def _message(line, deadline):
    """One line of a kernel that is being born, and the number of the process that sent it."""
    text, pid = b"", None
    while not text.endswith(b"\n"):
        ready, *_ = select.select([line], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return {"failed": "the kernel did not start in time"}, None
        data, ancillary, *_ = line.recvmsg(4096, socket.CMSG_SPACE(_CRED.size))
        if not data:
            return {"failed": "the kernel ended before it was ready"}, None
        text += data
        for level, kind, value in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                pid = _CRED.unpack(value[: _CRED.size])[0]
    return json.loads(text), pid
