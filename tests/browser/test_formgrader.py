"""nbgrader's formgrader on what `autograder grade` has made: an instructor reads the scores, marks the question, goes on."""

import csv
import os
import re
import shutil
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from autograder.gradebook import Book
from autograder.release import ROOT
from tests.browser.server import jupyter
from tests.submissions import cell, hand_in, solved

pytestmark = pytest.mark.slow

LAB = "lab00_start"
PADDED = (
    "def masked_mean(hidden, attention_mask):\n    return (hidden * attention_mask.unsqueeze(-1)).mean(1)"
)
HOSTILE = (
    "A word is a vector.\n\n<script>window.reached = true</script><img src=x onerror='window.reached = true'>"
)


def run(course, *command):
    """A command in the course directory; what it printed."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=course, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course directory of two students after `autograder grade`."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    right = solved(LAB)
    cell(right, "reflection").source = HOSTILE
    hand_in(folder, "ada", LAB, right)
    wrong = solved(LAB, masked_mean=PADDED)
    cell(wrong, "reflection").source = "The mean of the numbers that stand for words."
    hand_in(folder, "bo", LAB, wrong)
    run(folder, "autograder.cli", "grade", LAB, "--workers", "1")
    return folder


@pytest.fixture(scope="module")
def address(course):
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={course}"]
    environment = {"PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(course / "config")}
    with jupyter(command, course, environment, cwd=course) as found:
        yield found


def test_an_instructor_marks_the_question_in_formgrader(course, address, page, shoot):
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.set_default_timeout(30_000)
    page.goto(f"{address}/formgrader/manage_submissions/{LAB}")
    row = page.locator("tr", has_text="ada")
    expect(row).to_contain_text("needs manual grading", timeout=30_000)
    expect(row).to_contain_text("13 / 16")
    expect(page.locator("tr", has_text="bo")).to_contain_text("10 / 16")
    shoot(page, "formgrader-submissions")

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        number = gradebook.find_submission_notebook(LAB, LAB, "ada").id
    page.goto(f"{address}/formgrader/submissions/{number}")
    expect(page.locator("#masked_mean")).to_have_attribute("placeholder", "3", timeout=30_000)
    expect(page.get_by_text("A word is a vector.")).to_be_visible()
    assert page.evaluate("window.reached") is None, "what a student wrote has run in the instructor's browser"
    # Fields are listened to once what they hold has come; a comment's placeholder shows it.
    expect(page.locator("#reflection-comment")).to_have_attribute(
        "placeholder", re.compile("."), timeout=30_000
    )
    for field, kind, written in (
        ("#reflection", "grade", "2"),
        ("#reflection-comment", "comment", "And what of the words beside it?"),
    ):
        with page.expect_response(
            lambda r, kind=kind: f"/api/{kind}/" in r.url and r.request.method == "PUT"
        ):
            page.locator(field).fill(written)
            page.locator(field).dispatch_event("change")
    assert [
        u for u in page.left if "mathjax" not in u.lower()
    ] == []  # formgrader's own; without it formulas stay text
    page.locator("#reflection").scroll_into_view_if_needed()
    shoot(page, "formgrader-submission")

    assert "2 unchanged" in run(course, "autograder.cli", "grade", LAB)
    with Book(course, LAB, ROOT) as book:
        marks = book.marks()["ada"]
    assert (marks.total, marks.waiting) == (15, 0)
    assert marks.comments == {"reflection": "And what of the words beside it?"}
    run(course, "nbgrader", "generate_feedback", LAB)
    page = (course / "feedback" / "ada" / LAB / f"{LAB}.html").read_text()
    assert "And what of the words beside it?" in page
    run(course, "nbgrader", "export")
    with (course / "grades.csv").open() as lines:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(lines)}
    assert scores == {"ada": 15, "bo": 10}
    run(course, "autograder.cli", "feedback", LAB)
    ours = (course / "feedback" / "ada" / LAB / f"{LAB}.html").read_text()
    assert "And what of the words beside it?" in ours
    assert "Written answer: 2 of 3 points." in ours
