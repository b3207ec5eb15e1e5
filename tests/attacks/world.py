"""What attacks are after, made for the tests: a course with canaries in it, listeners on this machine, and a victim.

with World(tmp_path, ["lab00_start"]) as world:
    ...                                # run a submission
    world.leaked(text), world.touched(), world.survivors()
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat

from autograder.release import ROOT
from tests.submissions import solved

VARIABLE = "AUTOGRADER_CANARY"


def _code(text):
    """Lines that tell where a text is from."""
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= 40}


def private_lines(lab: str) -> set[str]:
    """Lines of a lab's hidden checks and solution that stand in nothing a student gets: canaries that are there anyway."""
    found = [p for p in (ROOT / "autograder" / "checks").rglob("*.py") if lab in (p.stem, p.parent.name)]
    hidden = "\n".join(path.read_text() for path in found)
    solution = nbformat.read(ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    lines = _code(hidden) | {
        line for c in solution.cells if c.cell_type == "code" for line in _code(c.source)
    }
    public = [p.read_text() for p in (ROOT / "course" / "checks").rglob("*.py")]
    public += [p.read_text() for p in (ROOT / "labs").rglob("*.ipynb")]
    # a text that a check says is for students to read, and so is a line that they have as well
    return {
        line
        for line in lines
        if '"' not in line
        and not line.startswith("#")
        and not any(line in p or repr(line)[1:-1] in p for p in public)
    }


def _state(pid):
    """One letter for what a process does, as the system has it."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


class World:
    """A course directory with canaries, listeners and a victim; all of it ends with the `with`.

    folder: where the course directory is made; labs: the labs that are attacked.
    """

    def __init__(self, folder: Path, labs: list[str]):
        self.course, self.labs = Path(folder) / "class", labs
        self.token = secrets.token_hex(12)
        self.secret = f"canary-{secrets.token_hex(16)}"[:32].encode()
        self.planted = {
            name: f"canary-{name}-{secrets.token_hex(8)}" for name in ("variable", "gradebook", "other")
        }
        self.planted |= {
            name: f"canary-{name}-{secrets.token_hex(8)}" for name in ("solution", "check", "feedback")
        }
        self.canaries = [
            self.secret.decode(),
            *self.planted.values(),
            *set().union(*map(private_lines, labs)),
        ]
        self.heard, self.sockets, self.victim, self.before = [], [], None, os.environ.get(VARIABLE)
        self._files()

    def _files(self):
        say = self.planted
        files = {"gradebook.db": say["gradebook"], ".class-secret": self.secret.decode()}
        for lab in self.labs:
            files |= {
                f"submitted/bo/{lab}/{lab}.ipynb": self._of_another_student(lab),
                f"submitted/bo/{lab}/notes.txt": say["other"],
                f"solutions/{lab}/{lab}.ipynb": say["solution"],
                f"autograder/checks/{lab}.py": f"# {say['check']}",
                f"feedback/bo/{lab}/{lab}.html": say["feedback"],
            }
        for name, text in files.items():
            path = self.course / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.contents = self._contents()

    def _of_another_student(self, lab):
        """A solved lab with a canary in what it prints."""
        notebook = solved(lab)
        notebook.cells.append(nbformat.v4.new_code_cell(f"print({self.planted['other']!r})"))
        return json.dumps(notebook)

    def _contents(self):
        mine = self.course / "submitted" / "mal"
        return {
            str(p): p.read_bytes() for p in self.course.rglob("*") if mine not in p.parents and p.is_file()
        }

    @contextlib.contextmanager
    def place(self, lab: str):
        """Where the attacker's submission is laid out, beside another student's."""
        folder = self.course / "submitted" / "mal" / lab
        try:
            yield folder
        finally:
            shutil.rmtree(folder.parent, ignore_errors=True)

    # Who can be reached

    def __enter__(self):
        os.environ[VARIABLE] = self.planted["variable"]
        tcp = socket.create_server(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        unix.bind(str(self.course / "grader.sock"))
        abstract = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        abstract.bind(f"\0{self.token[::-1]}")
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", self.port))
        self.sockets = [tcp, unix, abstract, udp]
        with contextlib.suppress(OSError):
            self.sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listener in self.sockets:
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
            threading.Thread(target=self._listen, args=[listener], daemon=True).start()
        self._start_victim()
        return self

    def _listen(self, listener):
        with contextlib.suppress(OSError):
            while True:
                if listener.type == socket.SOCK_DGRAM:
                    self.heard.append(listener.recv(100))
                else:
                    connection, _ = listener.accept()
                    connection.close()
                    self.heard.append(b"a connection")

    def _start_victim(self):
        """Stands for the grader: its environment, arguments, memory, working folder and an open file hold canaries."""
        program = "import sys, time; f = open('gradebook.db'); print('up', flush=True); time.sleep(86400)"
        self.victim = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", program, self.planted["variable"]],
            cwd=self.course,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        self.victim.stdout.readline()

    def __exit__(self, *_):
        for listener in self.sockets:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.victim.kill()
        self.victim.wait()
        self.victim.stdout.close()
        self.end_survivors()
        if self.before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self.before

    # What the attacker knows

    def knowledge(self, lab: str, walls: bool, also: tuple[int, ...] = ()) -> dict[str, str]:
        """The names in an attack's sources. Paths, ports and process numbers are given away: walls that hold only while
        nobody knows them are none. `$TOKEN` is an expression, so that the source itself never holds the token.

        walls: whether it runs behind them: it may then try every process it sees, and else none but the victim.
        """
        pids = [self.victim.pid, *also]
        seen = f"[*(int(p) for p in __import__('os').listdir('/proc') if p.isdigit()), *{pids}]"
        half = len(self.token) // 2
        return {
            "COURSE": str(self.course),
            "ROOT": str(ROOT),
            "LAB": lab,
            "PORT": str(self.port),
            "ABSTRACT": repr(f"\0{self.token[::-1]}"),
            "TOKEN": f"({self.token[:half]!r} {self.token[half:]!r})",
            "VICTIM": str(self.victim.pid),
            "PIDS": seen if walls else str(pids[:1]),
            "VARIABLE": VARIABLE,
        }

    # What came of it

    def leaked(self, text: str) -> list[str]:
        """The canaries in a text, and the token."""
        return [c for c in (*self.canaries, self.token) if c in text]

    def touched(self) -> list[str]:
        """What was reached since the last look: a listener, the victim, a file of the course. Mends it for the next one."""
        out = []
        if self.heard:
            out.append("a listener heard of it")
            self.heard.clear()
        if self.victim.poll() is not None or _state(self.victim.pid) in "Tt":
            out.append("the victim was hit")
            self.victim.kill()
            self.victim.wait()
            self.victim.stdout.close()
            self._start_victim()
        now = self._contents()
        if now != self.contents:
            out.append("a file of the course was changed")
            for path in set(now) - set(self.contents):
                os.unlink(path)
            self._files()
        return out

    def survivors(self) -> list[int]:
        """Processes that carry the token in their name or arguments."""
        for _ in range(10):  # one that hands on to its child may slip through a look at all of them
            if out := [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if self._named(folder)]:
                return out
        return []

    def _named(self, folder: Path) -> bool:
        mark, name = self.token.encode(), self.token[:15].encode()
        with contextlib.suppress(OSError):
            named = mark in (folder / "cmdline").read_bytes() or name in (folder / "comm").read_bytes()
            return named and _state(folder.name) != "Z"
        return False

    def end_survivors(self) -> None:
        """End them, and what they start meanwhile."""
        deadline = time.monotonic() + 10
        while (found := self.survivors()) and time.monotonic() < deadline:
            for pid in found:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
