"""The student bundle: complete enough to start from, and with nothing of the grader in it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import nbformat
import pytest

from autograder import release
from autograder.bundle import BundleError, make_bundle
from autograder.release import ROOT

CANARY = "canary_{}_7f3a9c51"


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A copy of the project with a canary in every solution, hidden test, hidden check, and the class secret."""
    source = tmp_path_factory.mktemp("project")
    for name in ("course", "autograder", "solutions", "labs"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    (source / ".class-secret").write_text(CANARY.format("secret"))
    for path in (source / "autograder" / "checks").rglob("*.py"):
        path.write_text(path.read_text() + f"\n# {CANARY.format('check')}\n")
    for path in (source / "solutions").glob("*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            for mark, word in (("### BEGIN SOLUTION", "solution"), ("### BEGIN HIDDEN TESTS", "hidden")):
                cell.source = re.sub(
                    rf"^(\s*){mark}$", rf"\g<0>\n\1# {CANARY.format(word)}", cell.source, flags=re.MULTILINE
                )
        nbformat.write(notebook, path)
        text = path.read_text()
        assert CANARY.format("solution") in text and CANARY.format("hidden") in text
    release.release(release.labs(source), source)
    return source


@pytest.fixture(scope="module")
def made(planted, tmp_path_factory):
    return make_bundle(None, tmp_path_factory.mktemp("bundle"), planted)


def test_no_canary_is_in_it(made):
    """In no byte of a file, a file's name or a member of the archive."""
    files = {str(p.relative_to(made.folder)): p.read_bytes() for p in made.folder.rglob("*") if p.is_file()}
    with zipfile.ZipFile(made.archive) as archive:
        members = {m.removeprefix("came-to-read/"): archive.read(m) for m in archive.namelist()}
    assert members == files
    for name, data in files.items():
        assert b"7f3a9c51" not in data, name
        assert not re.search(r"autograder/|solutions/|tests/|nbgrader_config|\.git/|secret", name), name
    assert b"7f3a9c51" not in made.archive.read_bytes()


def test_what_a_student_needs_is_in_it(made):
    labs = [p.name for p in sorted((made.folder / "labs").iterdir())]
    assert labs == made.labs == release.labs(ROOT)
    settings = tomllib.loads((made.folder / "pyproject.toml").read_text())
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["course"]
    assert "scripts" not in settings["project"]
    assert {"torch", "nbgrader", "jupyterlab"} <= set(settings["project"]["dependencies"])
    assert not {"distributed", "typer"} & set(settings["project"]["dependencies"])
    makefile = (made.folder / "Makefile").read_text()
    assert set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) == {"lab", "submit", "clean", "help"}
    assert "autograder" not in makefile
    assert "lab01_cbow" in (made.folder / "README.md").read_text()


def test_the_course_runs_in_it(made, tmp_path):
    """Without the grader in sight: everything the labs import, and `make submit`."""
    folder = tmp_path / "came-to-read"
    shutil.copytree(made.folder, folder)
    shutil.copytree(folder / "labs" / "lab00_start", folder / "work" / "lab00_start")
    program = (
        "import sys; sys.path = ['.', *(p for p in sys.path if 'site-packages' in p or 'lib' in p)];"
        "import course.checks.lab01_cbow, course.widgets, course.start, importlib.util as u;"
        "assert course.__file__.startswith(sys.argv[1]), course.__file__;"
        "from course.submit import *; print(course.checks.lab01_cbow.lab.points)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "26"
    done = subprocess.run(
        ["make", "help"], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert "make submit" in done.stdout and "make audit" not in done.stdout


def test_the_same_input_gives_the_same_bytes(planted, made, tmp_path):
    again = make_bundle(None, tmp_path, planted)
    assert again.archive.read_bytes() == made.archive.read_bytes()
    assert make_bundle(["lab00_start"], tmp_path, planted).labs == ["lab00_start"], "it replaces one of ours"
    assert [p.name for p in (tmp_path / "came-to-read" / "labs").iterdir()] == ["lab00_start"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["came-to-read", "came-to-read.zip"]


def test_what_cannot_be_made_is_refused(planted, tmp_path):
    with pytest.raises(BundleError, match="no lab 'lab99'"):
        make_bundle(["lab99"], tmp_path, planted)
    (tmp_path / "came-to-read").mkdir()
    (tmp_path / "came-to-read" / "mine.txt").touch()
    with pytest.raises(BundleError, match="no bundle"):
        make_bundle(None, tmp_path, planted)
    path = planted / "labs" / "lab00_start" / "lab00_start.ipynb"
    before = path.read_text()
    path.write_text(before.replace("masked_mean", "masked_median", 1))
    try:
        with pytest.raises(BundleError, match="lab00_start in labs/ is not what solutions/ gives"):
            make_bundle(None, tmp_path / "other", planted)
    finally:
        path.write_text(before)
    assert not (tmp_path / "other").exists()
