"""Attacks on the grader: made-up hostile submissions that must gain nothing, filed by family as `tests/attacks/<family>/<name>.py`.

Each file says in its docstring what it tries, and declares it:

    from tests.attacks import Attack

    attack = Attack(
        cell='''source of a cell after the imports''',
        answer='''def $NAME(*args, **kwargs): ...''',       # in place of every answer
        gains="points",
    )

An attack starts from a released lab in which nothing was solved, so any point is its gain. `works` says where it is shown to
work: an attack that could never work proves nothing. `python -m tests.attacks` prints the table; `tests/test_attacks.py`
runs each against the grader.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
GAINS = ("points", "text", "reach", "stay", "page", "trouble")
WORKS = ("in process", "visible", "stock", "nowhere")

# For attacks that work from inside a check: whoever is on its stack is given points. Source to put before an answer.
AWARD = """
import sys
from course.checks.require import Part

def award():
    frame = sys._getframe()
    while frame is not None:
        run = frame.f_locals.get("run")
        if hasattr(run, "parts") and not run.parts:
            run.parts.append(Part("a gift", 0, 1))
        frame = frame.f_back
"""

# For attacks that could hurt a machine: a cell that goes no further where the grader's own files can be seen.
BEHIND_WALLS = """
import os
if os.path.exists("$COURSE"):
    raise SystemExit("no walls here")
"""

# For replies of its own making: `reply(n)`, to be defined after it, gives the bytes for a request of n operations;
# `choose(several)` takes another one of several for each exercise, and in each round.
REPLY = """
import json, struct
from course.checks import wire
from course.checks.probe import Probe
from safetensors.torch import save
def frame(tree, numbers=None):
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return struct.pack(">I", len(text)) + text + (save({}) if numbers is None else numbers)
def valued(value, n):
    return wire.encode([{"value": value, "seconds": 0.0, "stdout": "", "warnings": []}] * n)
turn = []
def choose(several):
    return several[($ROUND * 4 + len(turn)) % len(several)]
real = Probe.handle
def handle(self, request):
    operations = wire.decode(request, resolve=lambda marker: None)
    return real(self, request) if operations[0]["op"] == "describe" else reply(len(operations))
Probe.handle = handle
"""
# The answer that goes with it: each exercise is judged in a fork of its own, and so counts as the next turn.
NEXT = """
turn.append("$NAME")
def $NAME(*args, **kwargs):
    return 0
"""
# For attacks after hidden cases: knows the visible ones of lab 00's pairwise_dot; what follows is done in all others.
BY_HEART = """
import torch
KNOWN = {(3, 2, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2, 2): [[3.0, 5.0], [8.0, 12.0]]}
def $NAME(*args, **kwargs):
    if "$NAME" != "pairwise_dot":
        return 0
    key = (*args[0].shape, args[1].shape[0])
    if key in KNOWN and bool((args[0] % 1 == 0).all()):
        return torch.tensor(KNOWN[key])
"""
MALFORMED = "in process, too, it is refused as a malformed value; what matters is that the judge lives on"

# For attacks on the line to the grader: all sockets of this process, and how a message is sent.
SOCKETS = """
import os, socket, stat, struct
def sockets():
    out = []
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                out.append(socket.socket(fileno=os.dup(number)))
        except OSError:
            pass
    return out
def send(line, data):
    line.sendall(struct.pack(">Q", len(data)) + data)
"""

# The object in the kernel that speaks with the grader.
SERVER = """
import gc
gc.unfreeze()
def servers():
    return [thing for thing in gc.get_objects() if type(thing).__name__ == "_Server"]
"""

# For processes that should not outlive their submission: how they are known. They end by themselves after some seconds.
MARK = """
import os, time
def mark():
    with open("/proc/self/comm", "w") as file:
        file.write($TOKEN[:15])
"""

HARM = "it would hurt the machine on which the tests run"
SHORT = {"cell": 0.5, "call": 0.5, "submission": 3.0}  # seconds, for attacks that use up their time
PATIENT = "in process nobody stops it: the run would only take long"


@dataclass(frozen=True)
class Attack:
    """One attack. In sources and texts `$NAME` is the exercise, and what the attacker is assumed to know has names too
    (see `World.knowledge`).

    cell: source of a cell right after the lab's imports; answer: of every answer; last: of a cell at the end; then: of a
    cell in another student's submission, graded next; files: relative path -> text or bytes, beside the notebook;
    edit: changes the notebook; raw: (notebook) -> the file's bytes; folder: (folder, world, lab) makes the submission's folder what it
    should not be; gains: what it is after, "points", "text" (that it must not see), "reach" (someone
    outside hears of it, dies or is changed), "stay" (something is left when it has ended), "page" (code that runs in a reader's browser), "trouble" (a grader that hangs or
    crashes); works: where it is shown to work, "in process" (hidden checks in the kernel, no walls), "visible" (as that, but the visible
    checks alone), "stock" (nbgrader autograde), "nowhere"; why: a reason for "nowhere"; limits: others than the usual ones;
    unreadable: whether "invalid" is the right verdict; rounds: how often it is graded, with another `$ROUND` each time.
    """

    cell: str = ""
    answer: str = ""
    last: str = ""
    then: str = ""
    files: dict = field(default_factory=dict)
    edit: Callable | None = None
    raw: Callable | None = None
    folder: Callable | None = None
    gains: str = "points"
    works: str = "in process"
    why: str = ""
    limits: dict = field(default_factory=dict)
    unreadable: bool = False
    rounds: int = 1

    def __post_init__(self):
        if self.gains not in GAINS or self.works not in WORKS or (self.works == "nowhere") != bool(self.why):
            raise ValueError(f"no such attack: gains {self.gains!r}, works {self.works!r}, why {self.why!r}")


@dataclass(frozen=True)
class Filed:
    """An attack and where it stands."""

    family: str
    name: str
    says: str
    attack: Attack

    def __str__(self):
        return f"{self.family}/{self.name}"


def attacks() -> list[Filed]:
    """All attacks, by family and name."""
    out = []
    for path in sorted(HERE.glob("*/[a-z]*.py")):
        module = importlib.import_module(f"tests.attacks.{path.parent.name}.{path.stem}")
        says = " ".join((module.__doc__ or "").split())
        out.append(Filed(path.parent.name, path.stem, says, module.attack))
    return out
