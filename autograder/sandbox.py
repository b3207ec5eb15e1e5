"""The outer wall: bubblewrap around the warm parent, and finding out which walls this machine can raise.

What stands inside: the system's programs and libraries, Python with its packages, and `course/`, all read-only; an empty
home and /tmp. What does not: the network, hidden checks, solutions, the gradebook, submissions, the environment.

    sandbox = choose("auto")               # a Sandbox, or SandboxError that says how to get one
    process, control = sandbox.start("nested")        # the warm parent, and the socket that asks it for kernels
"""

import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from autograder.inside.walls import HOME, SCRATCH

ROOT = Path(__file__).resolve().parents[1]
INSIDE = Path(__file__).resolve().parent / "inside"
USER = 64873  # whom the sandbox runs as when the grader is root: bubblewrap of root cannot nest
PLAIN_SCRATCH = 256 * 2**20  # bytes a scratch folder
CODE = "/grader"  # where `inside/` stands behind the walls

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "mime.types")

HOW = {
    "Darwin": "macOS has no bubblewrap: grade in a Linux container or virtual machine; the README has the recipe.",
    "Windows": "Windows has no bubblewrap: grade in WSL 2 or in a Linux container; the README has the recipe.",
    "missing": "bubblewrap is not installed: `sudo apt install bubblewrap`, or your system's own package of that name.",
    "namespaces": "This system allows no user namespaces, which bubblewrap needs: ask whoever runs it for "
    "`sysctl user.max_user_namespaces=15000` (and `kernel.unprivileged_userns_clone=1` where there is one); in a container, "
    "start it with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined`.",
    "apparmor": "AppArmor forbids user namespaces here, as Ubuntu does from 24.04 on: give bubblewrap a profile that allows them "
    "(`autograder doctor` prints it), or `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`.",
}
APPARMOR_PROFILE = """\
# /etc/apparmor.d/bwrap, then: sudo systemctl reload apparmor
abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
  include if exists <local/bwrap>
}
"""


class SandboxError(Exception):
    """No walls can be had as asked for; one sentence or two that say why and how to get them."""


@dataclass
class Sandbox:
    """kind: "bwrap" (both walls, a warm parent), "bwrap-plain" (one bubblewrap a submission, slower) or "none".

    hidden: folders that must not be seen inside, whatever else is; devices: GPU device files to let in.
    """

    kind: str
    why: str = ""
    hidden: tuple[Path, ...] = ()
    devices: tuple[str, ...] = ()
    folder: str = field(default="", repr=False)

    def start(self, mode: str | None = None):
        """Start the warm parent; returns its process and the control socket. mode: see `inside/zygote.py`."""
        mode = mode or {"bwrap": "nested", "bwrap-plain": "plain", "none": "open"}[self.kind]
        ours, theirs = socket.socketpair()
        number = theirs.fileno()
        code = INSIDE if self.kind == "none" else Path(CODE)
        inner = [sys.executable, "-B", str(code / "zygote.py"), str(number), mode]
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": HOME,
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "MPLCONFIGDIR": "/tmp/matplotlib",
            "IPYTHONDIR": "/tmp/ipython",
            "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE",
            "TOKENIZERS_PARALLELISM": "false",
            "HF_HUB_OFFLINE": "1",
            "HF_HOME": "/tmp/huggingface",
            "PYTHONHASHSEED": "0",
            "COURSE_OFFLINE": "1",
        }
        if self.kind == "none":
            self.folder = self.folder or tempfile.mkdtemp(prefix="autograder-open-")
            environment |= {
                "HOME": self.folder,
                "MPLCONFIGDIR": self.folder,
                "IPYTHONDIR": self.folder,
            }
            command = inner
        else:
            command = self._command(environment, inner)
        process = subprocess.Popen(
            command,
            env=environment if self.kind == "none" else {"PATH": os.environ.get("PATH", os.defpath)},
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
        )
        theirs.close()
        return process, ours

    def working_folder(self) -> str:
        """The folder in which a kernel starts, as it sees it."""
        if self.kind != "none":
            return HOME
        return tempfile.mkdtemp(prefix="kernel-", dir=self.folder)

    def close(self):
        """Remove the sandbox's own folders here; those that were mount points are removed only when empty."""
        if not self.folder:
            return
        if self.kind == "none":
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                for folder in Path(self.folder).iterdir():
                    folder.rmdir()
                os.rmdir(self.folder)
        self.folder = ""

    def shown(self) -> list[tuple[Path, str]]:
        """What student code may read beyond the system, and where it sees it: Python, its packages, the course."""
        packages = {Path(sysconfig.get_path(k)) for k in ("stdlib", "purelib", "platlib")}
        wanted = {Path(sys.prefix), Path(sys.base_prefix), *packages}
        # a folder inside another needs no mount of its own, nor does one of the system
        wanted = [p for p in wanted if not any(q in p.parents for q in wanted) and not _of_system(p)]
        return [
            *((p, str(p)) for p in sorted(wanted)),
            (ROOT / "course", str(ROOT / "course")),
            (INSIDE, CODE),
        ]

    def _masked(self) -> list[Path]:
        """Folders of ours that lie inside what is shown, to be covered by empty ones."""
        shown = [p for p, _ in self.shown()]
        hidden = [
            Path(__file__).resolve().parent,
            ROOT / "solutions",
            ROOT / "tests",
            ROOT / ".git",
            *self.hidden,
        ]
        return [h for h in hidden if h.is_dir() and (_of_system(h) or any(p in h.parents for p in shown))]

    def _command(self, environment, inner):
        bwrap = [
            shutil.which("bwrap") or "bwrap",
            *[
                "--unshare-user",
                "--unshare-pid",
                "--unshare-net",
                "--unshare-ipc",
                "--unshare-uts",
                "--unshare-cgroup-try",
            ],
            *["--die-with-parent", "--new-session", "--clearenv", "--hostname", "grader"],
        ]
        for path in _SYSTEM:
            if os.path.islink(path):
                bwrap += ["--symlink", os.readlink(path), path]
            elif os.path.isdir(path):
                bwrap += ["--ro-bind", path, path]
        for name in _ETC:
            bwrap += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
        bwrap += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/run"]
        if self.kind == "bwrap-plain":  # there are no inner walls to bring scratch space
            for folder in SCRATCH:
                bwrap += ["--size", str(PLAIN_SCRATCH), "--tmpfs", folder]
        else:
            bwrap += ["--dir", HOME]
        for device in self.devices:
            bwrap += ["--dev-bind-try", device, device]
        shown = self.shown()
        if os.getuid() == 0:  # the user it becomes may not reach a folder: a mount of our own shows it to him
            self.folder = self.folder or tempfile.mkdtemp(prefix="autograder-")
            os.chmod(self.folder, 0o755)
            staged = [(source, Path(self.folder) / str(n)) for n, (source, _) in enumerate(shown)]
            shown = [(stage, target) for (_, stage), (_, target) in zip(staged, shown, strict=True)]
        for source, target in shown:
            bwrap += ["--ro-bind", str(source), target]
        for folder in self._masked():
            bwrap += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
        bwrap += ["--chdir", "/", "--remount-ro", "/dev", "--remount-ro", "/"]
        for name, value in environment.items():
            bwrap += ["--setenv", name, value]
        command = [*bwrap, "--", *inner]
        if os.getuid() != 0:
            return command
        pairs = [str(p) for pair in staged for p in pair]
        user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
        return [
            *["unshare", "--mount", "--propagation", "private", "sh", "-c"],
            _STAGE,
            "sh",
            *pairs,
            "--",
            *user,
            *command,
        ]


# mount each first folder on the second, out of sight of every other process, then run what follows the "--"
_STAGE = (
    'set -e; while [ "$1" != -- ]; do mkdir -p "$2"; mount --rbind "$1" "$2"; shift 2; done; shift; exec "$@"'
)


def _of_system(folder: Path) -> bool:
    return any(str(folder) == s or str(folder).startswith(s + "/") for s in _SYSTEM)


def attempt(sandbox: Sandbox, mode: str) -> str:
    """Try to start a kernel without importing anything. Returns "" when it worked, else what failed."""
    from autograder.kernel import LIMITS, Warm, WarmError

    try:
        warm = Warm(sandbox, mode=mode)
        try:
            warm.fork(LIMITS).kill()
        finally:
            warm.close()
    except WarmError as error:
        return str(error)
    return ""


def explain(failure: str) -> str:
    """How to mend what `attempt` reported."""
    restricted = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if restricted.exists() and restricted.read_text().strip() == "1":
        return HOW["apparmor"]
    return HOW["namespaces"]


def has_bubblewrap() -> bool:
    """Whether there is a bubblewrap to try at all."""
    return platform.system() == "Linux" and shutil.which("bwrap") is not None


def choose(want: str = "auto", hidden: tuple[Path, ...] = (), devices: tuple[str, ...] = ()) -> Sandbox:
    """The best sandbox of this machine. want: "auto" or "bwrap" for walls, "plain" for the outer wall alone, "none" for none.

    Raises SandboxError where there are no walls to be had: student code is then not run.
    """
    if want == "none":
        return Sandbox("none", why="asked for", hidden=hidden, devices=devices)
    if platform.system() != "Linux":
        raise SandboxError(HOW.get(platform.system(), HOW["missing"]))
    if shutil.which("bwrap") is None:
        raise SandboxError(HOW["missing"])
    failure = "asked for"
    if want != "plain":
        full = Sandbox("bwrap", hidden=hidden, devices=devices)
        failure = attempt(full, "probe")
        full.close()
        if not failure:
            return full
    plain = Sandbox("bwrap-plain", why=failure, hidden=hidden, devices=devices)
    worse = attempt(plain, "probe-plain")
    plain.close()
    if not worse:
        return plain
    raise SandboxError(f"No sandbox can be had here ({worse}). {explain(worse)}")
