"""The stock nbgrader chain on a class of lab 00 and lab 01: generate, collect, autograde, feedback, export.

Every command is the one in the README, run in a course directory of its own.
"""

import csv
import os
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

from autograder.release import ROOT
from tests.honest.short import short
from tests.submissions import cell, solved, untouched, without

pytestmark = pytest.mark.slow

NOISY = """import logging, sys, warnings
logging.basicConfig(level=logging.INFO)
warnings.warn("careful")
print("a line on stderr", file=sys.stderr)


def masked_mean(hidden, attention_mask):
    print("shapes", hidden.shape)
    print("still here", file=sys.stderr)
    warnings.warn("careful again")
    logging.getLogger("mine").info("a log line")
    real = attention_mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * real).sum(1) / real.sum(1).clamp(min=1)
"""
PADDED = """def masked_mean(hidden, attention_mask):
    return (hidden * attention_mask.unsqueeze(-1)).mean(1)
"""
NAN = """def masked_mean(hidden, attention_mask):
    real = attention_mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * real).sum(1) / real.sum(1)
"""
CRASH = """def masked_mean(hidden, attention_mask):
    raise ValueError("it went wrong")
"""


def class_of_lab00():
    """student -> (notebook, the points it must get of 13)."""
    renamed = solved("lab00_start")
    for c in renamed.cells:
        if c.cell_type == "code":
            c.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "100"}, execution_count=1)]
            c.execution_count = 1
    return {
        "ada": (solved("lab00_start"), 13),
        "bo": (untouched("lab00_start"), 0),
        "cai": (solved("lab00_start", masked_mean=NOISY), 13),
        "dot": (solved("lab00_start", masked_mean=PADDED), 10),
        "eve": (solved("lab00_start", masked_mean=NAN), 12),
        "fay": (solved("lab00_start", masked_mean=CRASH), 10),
        "gus": (without(solved("lab00_start"), "masked_mean", "which_regime"), 13),
        "hal": (renamed, 13),
    }


def class_of_lab01():
    """student -> (notebook, the points it must get of 26)."""
    return {"ada": (short("lab01_cbow"), 26), "bo": (untouched("lab01_cbow"), 0)}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course directory after the whole chain, and the class that was graded."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    classes = {"lab00_start": class_of_lab00(), "lab01_cbow": class_of_lab01()}
    for lab, members in classes.items():
        shutil.copytree(ROOT / "solutions" / lab, folder / "solutions" / lab)
        shutil.copytree(
            ROOT / "labs" / lab, folder / "labs" / lab
        )  # as in a clone: it is there before it is made
        nbgrader(folder, "generate_assignment", lab)
        downloaded = folder / "downloaded" / lab / "archive"
        downloaded.mkdir(parents=True)
        with zipfile.ZipFile(downloaded / "all.zip", "w") as archive:
            for student, (notebook, _) in members.items():
                archive.writestr(f"{student}_{lab}.ipynb", nbformat.writes(notebook))
        nbgrader(folder, "zip_collect", lab)
        nbgrader(folder, "autograde", lab)
        nbgrader(folder, "generate_feedback", lab)
    nbgrader(folder, "export")
    return folder, classes


def nbgrader(folder, *command):
    """Run a stock command in the course directory; its output is the failure's message."""
    env = {k: v for k, v in os.environ.items() if k != "AUTOGRADER_COURSE"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def scores(folder):
    with (folder / "grades.csv").open() as lines:
        return {(row["assignment"], row["student_id"]): row for row in csv.DictReader(lines)}


def test_the_release_is_the_committed_one(course):
    folder, classes = course
    for lab in classes:
        made = nbformat.read(folder / "labs" / lab / f"{lab}.ipynb", as_version=4)
        kept = untouched(lab)
        assert [c.source for c in made.cells] == [c.source for c in kept.cells]
        assert "autograder" not in nbformat.writes(made)


def test_marks_are_fair(course):
    folder, classes = course
    table = scores(folder)
    for lab, members in classes.items():
        for student, (_, points) in members.items():
            assert float(table[lab, student]["raw_score"]) == points, (lab, student)
    assert float(table["lab00_start", "ada"]["max_score"]) == 13 + 3  # with the question that a person reads


def test_feedback_tells_the_mistake_and_no_hidden_line(course):
    folder, _ = course
    pages = {p.parts[-3]: p.read_text() for p in folder.glob("feedback/*/lab00_start/lab00_start.html")}
    assert "look at what you divide by" in pages["dot"]
    assert "0 / 0. It should be zeros" in pages["eve"]
    assert "not written yet" in pages["bo"]
    for page in pages.values():
        assert "AssertionError" not in page
        assert "Oracle" not in page
        assert "lab.check" not in page


def test_a_class_secret_is_made_once_and_is_private(course):
    folder, _ = course
    secret = folder / ".class-secret"
    assert len(secret.read_bytes()) == 32
    assert secret.stat().st_mode & 0o077 == 0


def test_validate_passes_no_untouched_exercise(tmp_path):
    """`nbgrader validate` says of an untouched lab that every check fails, and of a solved one that all pass."""
    for name, notebook in (("untouched", untouched("lab00_start")), ("solved", solved("lab00_start"))):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    failed = nbgrader(tmp_path, "validate", "untouched.ipynb").stdout
    assert "VALIDATION FAILED ON 5 CELL(S)" in failed  # four exercises and the unanswered question
    passed = nbgrader(tmp_path, "validate", "solved.ipynb").stdout
    assert "Success! Your notebook passes all the tests." in passed


def test_cells_that_lock_the_outcome_are_restored(course):
    """A student who edits the check cell's source gets the instructor's back."""
    folder, _ = course
    graded = nbformat.read(folder / "autograded" / "gus" / "lab00_start" / "lab00_start.ipynb", as_version=4)
    assert "autograder.checks.lab00_start" in cell(graded, "masked_mean").source
