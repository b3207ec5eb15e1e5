"""The student bundle: labs, lessons, the course's package and the set-up, and nothing that belongs to the grader.

    made = make_bundle(["lab00_start", "lab01_cbow"], Path("bundle"))     # bundle/came-to-read/ and bundle/came-to-read.zip

`make lab` works in the folder by itself. The same input gives the same bytes.
"""

import re
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from autograder import release

ROOT = Path(__file__).resolve().parents[1]
NAME = "came-to-read"
GRADER_ONLY = ("distributed", "rich", "typer")  # packages that students need not install
FOR_STUDENTS = ("lab", "submit", "clean", "help")  # targets of the Makefile
_TIME = (2026, 1, 1, 0, 0, 0)  # of every file in the archive
_README = Path(__file__).parent / "pages" / "bundle.md"


class BundleError(Exception):
    """The bundle cannot be made; one sentence."""


@dataclass
class Bundle:
    """folder, archive: what was made; labs: which labs are in it."""

    folder: Path
    archive: Path
    labs: list[str]


def makefile(text: str) -> str:
    """The project's Makefile with the students' targets alone."""
    kept, skipping = [], False
    for line in text.splitlines():
        target = re.match(r"^([a-z]+):.*## ", line)
        if target:
            skipping = target[1] not in FOR_STUDENTS
        elif line and not line.startswith("\t"):
            skipping = False
        if line.startswith(".PHONY"):
            line = f".PHONY: {' '.join(FOR_STUDENTS)}"
        if not skipping and not line.startswith("READY_TO_TEST"):
            kept.append(line)
    return (
        re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).replace("find course autograder tests ", "find course ")
        + "\n"
    )


def pyproject(text: str) -> str:
    """The project's pyproject.toml without the grader: its packages, its script, its extras, its tests' and style's settings."""
    text = re.sub(rf'^    "(?:{"|".join(GRADER_ONLY)})",\n', "", text, flags=re.MULTILINE)
    for table in (
        "project.scripts",
        "project.optional-dependencies",
        r"tool\.pytest[^\]]*",
        r"tool\.ruff[^\]]*",
    ):
        text = re.sub(rf"^\[{table}\]\n(?:(?!^\[).*\n)*", "", text, flags=re.MULTILINE)
    text = text.replace('packages = ["course", "autograder"]', 'packages = ["course"]')
    text = text.replace('include = ["course", "autograder", ', 'include = ["course", ')
    return text.replace("inside the two packages", "inside the package")


def _files(labs: list[str], source: Path) -> dict[str, bytes]:
    """Relative path -> bytes of everything in the bundle."""
    files = {
        f"course/{path}": data
        for path, data in release.contents(source / "course").items()
        if not path.startswith("pictures/")
    }
    for lab in labs:
        files |= {
            f"labs/{lab}/{path}": data for path, data in release.contents(source / "labs" / lab).items()
        }
    for name in ("constraints.txt", "environment.yml", "LICENSE", "LICENSE-text"):
        files[name] = (source / name).read_bytes()
    files["environment.yml"] = files["environment.yml"].replace(b"-e .[test]", b"-e .")
    files["Makefile"] = makefile((source / "Makefile").read_text(encoding="utf-8")).encode()
    files["pyproject.toml"] = pyproject((source / "pyproject.toml").read_text(encoding="utf-8")).encode()
    table = "\n".join(f"- `{lab}`" for lab in labs)
    files["README.md"] = _README.read_text(encoding="utf-8").replace("{{labs}}", table).encode()
    return files


def make_bundle(labs: list[str] | None, to: Path, source: Path = ROOT) -> Bundle:
    """Make the bundle of these labs (all of them for None) in the folder `to`. Written whole or not at all.

    Raises BundleError.
    """
    known = release.labs(source)
    unknown = [lab for lab in labs or () if lab not in known]
    if unknown:
        raise BundleError(f"there is no lab {unknown[0]!r}; there are {', '.join(known) or 'none'}.")
    chosen = [lab for lab in known if not labs or lab in labs]
    stale = release.release(chosen, source, check=True)
    if stale:
        raise BundleError(
            f"{', '.join(stale)} in labs/ is not what solutions/ gives; `make release` makes it so."
        )
    folder, archive = Path(to) / NAME, Path(to) / f"{NAME}.zip"
    if folder.exists() and not (folder / "course" / "bootstrap.py").is_file():
        raise BundleError(f"{folder} is there already and is no bundle; name another folder with --to.")
    files = _files(chosen, source)
    Path(to).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bundle-", dir=to) as workshop:
        made, packed = Path(workshop) / NAME, Path(workshop) / archive.name
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
            for path, data in sorted(files.items()):
                (made / path).parent.mkdir(parents=True, exist_ok=True)
                (made / path).write_bytes(data)
                about = zipfile.ZipInfo(f"{NAME}/{path}", _TIME)
                about.external_attr, about.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                out.writestr(about, data)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
        packed.replace(archive)
    return Bundle(folder, archive, chosen)
