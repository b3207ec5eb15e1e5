"""What students handed in, read from a course directory without trusting a single name in it.

    submitted/<student>/<lab>/<lab>.ipynb, and whatever lies beside it

Links, devices, pipes and names that lead elsewhere are left out and said so; nothing is unpacked, and no more is read
than a bound.

    for student in students(course, "lab01_cbow"): submission = read_submission(folder_of(course, student, lab), lab)
"""

import os
import stat
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.restore import MAX_BYTES

BESIDE = 20 * 2**20  # bytes of all files beside the notebook
FILES = 200
_LEFT_OUT = {".ipynb_checkpoints", "__pycache__", ".git", "timestamp.txt"}


@dataclass
class Submission:
    """files: relative path -> bytes; notes: what was left out, and why; problem: why the notebook cannot be read, if so;
    timestamp: when it was handed in (UTC, as nbgrader writes it), where `timestamp.txt` says so."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problem: str | None = None
    timestamp: datetime | None = None


def folder_of(course: Path, student: str, lab: str) -> Path:
    """Where a student's submission lies."""
    return Path(course) / "submitted" / student / lab


def students(course: Path, lab: str) -> list[str]:
    """Who handed in something for a lab, in order. A folder that is a link counts for nobody."""
    root = Path(course) / "submitted"
    found = []
    try:
        entries = sorted(os.scandir(root), key=lambda e: e.name)
    except OSError:
        return []
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and os.path.lexists(os.path.join(entry.path, lab)):
            found.append(entry.name)
    return found


def _contents(path: str, limit: int) -> bytes | None:
    """An ordinary file's bytes, None for anything else or a file above the limit. Never waits, never follows a link.

    A second name of a file is as good as its first: whoever can make one in here can as well make a copy, and folders that
    were copied or backed up with hard links are full of them.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode) or about.st_size > limit:
            return None
        data = file.read(limit + 1)
    return data if len(data) <= limit else None


def read_submission(folder: Path, lab: str) -> Submission:
    """The files of one submission. Never raises: what cannot be read is a `problem` or a note."""
    out = Submission()
    folder = Path(folder)
    if folder.is_symlink() or not folder.is_dir():
        if os.path.lexists(folder):
            out.problem = "The submission is not a folder but a link or a file, and was not opened."
        return out
    name = f"{lab}.ipynb"
    try:
        about = os.lstat(folder / name)
    except FileNotFoundError:
        about = None
    except OSError as error:
        out.problem = f"{name} cannot be opened: {error.strerror}."
        return out
    if about is not None:
        if not stat.S_ISREG(about.st_mode):
            what = (
                "a folder"
                if stat.S_ISDIR(about.st_mode)
                else "a link"
                if stat.S_ISLNK(about.st_mode)
                else "no ordinary file"
            )
            out.problem = f"{name} is {what} and no notebook."
        elif about.st_size > MAX_BYTES:
            out.problem = (
                f"The notebook's file has {about.st_size / 2**20:,.0f} MB; up to {MAX_BYTES / 2**20:.0f} MB can be graded. "
                "Clear its outputs (Edit > Clear Outputs of All Cells), save it and hand it in again."
            )
        else:
            data = _contents(str(folder / name), MAX_BYTES)
            if data is None:
                out.problem = f"{name} cannot be opened: is it readable, and a file of its own?"
            else:
                out.files[name] = data
    others = [f for f in os.listdir(folder) if f.endswith(".ipynb") and f != name]
    if about is None and others:
        out.notes.append(f"There is no {name}; there is {sorted(others)[0][:80]!r}, which was not graded.")
    _beside(folder, name, out)
    out.timestamp = _timestamp(folder)
    return out


def _beside(folder, notebook, out):
    """The files beside the notebook, for cells that read them."""
    left, refused = BESIDE, []
    for where, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(
            f for f in folders if f not in _LEFT_OUT and not os.path.islink(os.path.join(where, f))
        )
        for name in sorted(names):
            path = os.path.join(where, name)
            inside = os.path.relpath(path, folder)
            if inside == notebook or name in _LEFT_OUT or inside.endswith(".ipynb"):
                continue
            if len(out.files) > FILES or len(refused) > FILES:
                out.notes.append(f"Only the first {FILES} files beside the notebook were taken.")
                return
            data = _contents(path, left) if _is_plain(inside) else None
            if data is None:
                refused.append(inside)
            else:
                left -= len(data)
                out.files[inside] = data
    if refused:
        out.notes.append(
            f"Left out, because they are links, no ordinary files or too large: {', '.join(repr(r)[:80] for r in refused[:5])}"
            + (f" and {len(refused) - 5} more." if len(refused) > 5 else ".")
        )


def _is_plain(inside):
    """Whether a relative name can be made again in another folder."""
    try:
        inside.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return (
        len(inside) < 200
        and "\n" not in inside
        and not os.path.isabs(inside)
        and ".." not in Path(inside).parts
    )


def _timestamp(folder):
    """What nbgrader's timestamp.txt says, as naive UTC; None without one that can be read."""
    data = _contents(str(folder / "timestamp.txt"), 200)
    if data is None:
        return None
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(data.decode().strip())
    except (ValueError, UnicodeDecodeError, OverflowError):
        return None
