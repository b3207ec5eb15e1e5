"""The doctor: what grading needs, what of it works on this machine, and how to mend the rest.

for finding in examine(course): finding.what, finding.state, finding.says, finding.mend
"""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder import gpus, sandbox
from autograder.gradebook import Book, GradebookError
from autograder.pool import JUDGE, usual_workers
from autograder.secret import NAME as SECRET

ROOT = Path(__file__).resolve().parents[1]
NEEDED = (
    "torch",
    "transformers",
    "datasets",
    "nbgrader",
    "nbclient",
    "ipykernel",
    "jupyterlab",
    "distributed",
    "SQLAlchemy",
)
DISK = 2 * 2**30


@dataclass
class Finding:
    """what: was looked at; state: "works", "warning" or "missing"; says: what was found; mend: what to do, where it does not
    work."""

    what: str
    state: str
    says: str
    mend: str = ""


def _python() -> Finding:
    here = platform.python_version()
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", "works", here)
    return Finding(
        "Python",
        "missing",
        f"{here} is too old or too new",
        "Install Python 3.11, 3.12 or 3.13 and `make lab`.",
    )


def _packages() -> Finding:
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    pins = {name.lower(): pin for name, pin in pins.items()}
    other, absent = [], []
    for name in NEEDED:
        try:
            here = version(name)
        except PackageNotFoundError:
            absent.append(name)
            continue
        if here.partition("+")[0] != pins[name.lower()]:
            other.append(f"{name} {here} (tested: {pins[name.lower()]})")
    again = "Run `make lab` again: it installs what constraints.txt lists."
    if absent:
        return Finding("packages", "missing", f"not installed: {', '.join(absent)}", again)
    if other:
        return Finding("packages", "warning", f"not the versions that were tested: {', '.join(other)}", again)
    return Finding(
        "packages", "works", f"torch {version('torch')}, nbgrader {version('nbgrader')}, as tested"
    )


def _sandbox() -> Finding:
    try:
        found = sandbox.choose("auto")
    except sandbox.SandboxError as error:
        said = str(error)
        if said.endswith(sandbox.HOW["apparmor"]):
            return Finding("sandbox", "missing", said, f"The profile:\n{sandbox.APPARMOR_PROFILE}")
        return Finding("sandbox", "missing", "student code cannot be walled in, so it is not run", said)
    if found.kind == "bwrap":
        return Finding("sandbox", "works", "bubblewrap around warm kernels, each in namespaces of its own")
    return Finding(
        "sandbox",
        "warning",
        f"bubblewrap alone, one for each submission, slower: namespaces inside it failed ({found.why})",
        sandbox.explain(found.why),
    )


def _machine() -> Finding:
    cores = os.cpu_count() or 1
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    says = f"{cores} cores, {total / 2**30:.0f} GiB of memory: {usual_workers()} workers unless you say --workers"
    if total < 2 * JUDGE:
        return Finding(
            "machine", "warning", says, "Grade on a machine with at least 4 GiB, or with --workers 1."
        )
    return Finding("machine", "works", says)


def _gpu() -> Finding:
    found = gpus.devices()
    if not found:
        return Finding("GPU", "works", "none here; everything runs on the CPU")
    # asked in another process, so that this one makes no CUDA context
    code = "import torch; print(torch.cuda.is_available(), torch.version.cuda)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if done.stdout.startswith("True"):
        each = len(gpus.slots(usual_workers())) // len(found)
        return Finding(
            "GPU",
            "works",
            f"{len(found)}, {each} kernels on each at a time (AUTOGRADER_GPU_SLOTS changes it)",
        )
    return Finding(
        "GPU",
        "warning",
        f"{len(found)} here, but torch {version('torch')} cannot use it",
        'Install a CUDA build of torch: `make lab PIP_ARGS="--extra-index-url <its index>"`.',
    )


def _disk(course: Path) -> Finding:
    free = shutil.disk_usage(course).free
    if not os.access(course, os.W_OK):
        return Finding(
            "course directory",
            "missing",
            f"{course} cannot be written",
            "Change its owner, or grade as another user.",
        )
    if free < DISK:
        return Finding(
            "course directory",
            "warning",
            f"{free / 2**30:.1f} GiB free",
            "Make room: a class of 1,000 takes about 1 GiB.",
        )
    return Finding("course directory", "works", f"{course}, {free / 2**30:.0f} GiB free")


def _secret(course: Path) -> Finding:
    path = course / SECRET
    if not path.exists():
        return Finding("class secret", "works", "not made yet; the first grading makes it")
    if path.stat().st_mode & 0o077:
        return Finding("class secret", "warning", "other users can read it", f"`chmod 600 {path}`")
    return Finding("class secret", "works", "there, and yours alone")


def _gradebook(course: Path, source: Path, db: str | None) -> Finding:
    if db is None and not (course / "gradebook.db").exists():
        return Finding("gradebook", "works", "not made yet; the first grading makes it")
    try:
        with Book(course, "", source, db, patience=2.0) as book:
            kind = (
                "SQLite"
                if book.url.startswith("sqlite")
                else "PostgreSQL"
                if "postgres" in book.url
                else "a database"
            )
            names = book.assignments()
    except GradebookError as error:
        return Finding("gradebook", "missing", "it cannot be used", str(error))
    return Finding("gradebook", "works", f"{kind}, with {', '.join(names) or 'no assignment yet'}")


def examine(course: Path, source: Path = ROOT, db: str | None = None) -> list[Finding]:
    """Everything that was found, in the order in which one would mend it."""
    course = Path(course).resolve()
    looks: list[Callable[[], Finding]] = [
        _python,
        _packages,
        _sandbox,
        _machine,
        _gpu,
        lambda: _disk(course),
        lambda: _secret(course),
        lambda: _gradebook(course, source, db),
    ]
    return [look() for look in looks]
