"""Makes `labs/` from `solutions/`: `make release`, or `python -m autograder.release [LAB…] [--check]`.

nbgrader's own converter does the work, with the settings of nbgrader_config.py and without a gradebook: solutions become
stubs, hidden tests go, grading metadata and checksums stay. The result is written as `make style` writes notebooks, so
the same source gives the same bytes. Files beside the notebook are carried along.
"""

import argparse
import logging
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from autograder.style import dumps, normalise
from course.chapters import CHAPTERS

ROOT = Path(__file__).resolve().parents[1]
IGNORED = (".ipynb_checkpoints", "__pycache__", "*.pyc", ".DS_Store")


def labs(root: Path = ROOT) -> list[str]:
    """The names of all labs in `solutions/`, in order, but for those of chapters that are not ready."""
    found = (
        path.parent.name for path in (root / "solutions").glob("*/*.ipynb") if path.stem == path.parent.name
    )
    return sorted({*found} - {chapter.lab for chapter in CHAPTERS if not chapter.ready})


def _settings(root: Path, workshop: Path, db_url: str | None, course_id: str) -> Config:
    """nbgrader_config.py, except that it works in `workshop`, with another gradebook or none."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(workshop)
    config.GenerateAssignment.no_database = db_url is None
    config.SaveCells.enabled = db_url is not None
    if db_url is not None:
        config.CourseDirectory.db_url, config.CourseDirectory.course_id = db_url, course_id
    return config


def build(lab: str, root: Path, workshop: Path, db_url: str | None = None, course_id: str = "") -> Path:
    """The folder of one released lab, made inside `workshop`. db_url: a gradebook to register the assignment in.

    Raises NbGraderException, with nbgrader's own message, when the source cannot be released: a solution outside a
    solution cell, a region that does not end, two cells with one grade_id.
    """
    config = _settings(root, workshop, db_url, course_id)
    source, target = config.CourseDirectory.source_directory, config.CourseDirectory.release_directory
    shutil.copytree(root / source / lab, workshop / source / lab, ignore=shutil.ignore_patterns(*IGNORED))
    course = CourseDirectory(config=config)
    course.assignment_id = lab

    # nbgrader tells what was wrong in its log and raises something general; keep the log, and quote it
    said: list[str] = []
    log = logging.getLogger("autograder.release")
    log.propagate = False
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(record.getMessage())
    log.addHandler(handler)
    try:
        converter = GenerateAssignment(coursedir=course, config=config, log=log)
        converter.start()
    except NbGraderException as error:
        raise NbGraderException("\n".join([*said, str(error)])) from error
    finally:
        log.removeHandler(handler)

    released = workshop / target / lab
    for path in released.rglob("*.ipynb"):
        notebook = normalise(nbformat.read(path, as_version=nbformat.NO_CONVERT))
        path.write_text(dumps(notebook), encoding="utf-8", newline="\n")
    return released


def contents(folder: Path) -> dict[str, bytes]:
    """Relative path -> bytes of every file of a lab; empty when the folder is not there."""
    ignored = shutil.ignore_patterns(*IGNORED)
    files = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not ignored(None, parts):
            files["/".join(parts)] = path.read_bytes()
    return files


def release(names: list[str], root: Path = ROOT, check: bool = False) -> list[str]:
    """Releases the labs of these names; returns those whose folder in `labs/` changed (with `check`: would change).

    A release that is not complete changes nothing: `labs/` is written after every lab was built.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        workshop = Path(folder).resolve()
        built = {name: contents(build(name, root, workshop)) for name in names}
    if names == labs(
        root
    ):  # all of them: a folder without a source is what a removed or renamed lab left behind
        left = sorted(
            path.name for path in (root / "labs").glob("*") if path.is_dir() and path.name not in names
        )
        built.update((name, {}) for name in left)
    changed = [name for name, files in built.items() if files != contents(root / "labs" / name)]
    for name in [] if check else changed:
        target = root / "labs" / name
        shutil.rmtree(target, ignore_errors=True)
        for path, data in built[name].items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(data)
    return changed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m autograder.release", description=__doc__.splitlines()[0])
    parser.add_argument("lab", nargs="*", help="the labs to release; all, when none is named")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 when a lab is out of date"
    )
    options = parser.parse_args(arguments)
    known = labs()
    unknown = [name for name in options.lab if name not in known]
    if unknown:
        print(
            f"There is no lab {unknown[0]!r} in solutions/; there are {', '.join(known) or 'none'}.",
            file=sys.stderr,
        )
        return 2
    names = options.lab or known
    try:
        changed = release(names, check=options.check)
    except NbGraderException as error:
        print(f"{error}\nNothing was released.", file=sys.stderr)
        return 2
    if options.check and changed:
        print(f"Out of date in labs/: {', '.join(changed)}; `make release` makes them anew.")
        return 1
    for name in changed:
        print(f"labs/{name} {'made anew' if name in names else 'removed: it has no source any more'}.")
    print(f"{len(set(names) - set(changed))} of {len(names)} labs were up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
