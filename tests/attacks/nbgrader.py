"""A class of attackers in a course directory of stock nbgrader, and what `nbgrader autograde` gives them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from autograder.release import ROOT
from tests.attacks import Filed
from tests.attacks.runs import Outcome
from tests.attacks.submission import Submission
from tests.attacks.world import World

# Of the attacks that are shown in process, those that are shown with nbgrader itself as well: one a family of effects.
CHOSEN = (
    "checks/verdict_is_made_correct",
    "displays/publisher_drops_all",
    "secrets/class_secret",
    "network/tcp",
)


def _nbgrader(course, *command):
    about = {k: v for k, v in os.environ.items() if k not in ("AUTOGRADER_COURSE", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command], cwd=course, env=about, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def stock(filed: list[Filed], lab: str, world: World, folder: Path) -> dict[str, Outcome]:
    """Attack -> what came of it. folder: an empty one, for the course directory."""
    course = folder / "course"
    course.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "solutions" / lab, course / "solutions" / lab)
    _nbgrader(course, "generate_assignment", lab)
    outcomes = {}
    for number, one in enumerate(filed):
        student = f"mal{number}"
        Submission(one.attack, lab, world, walls=False).lay_out(course / "submitted" / student / lab)
        world.touched()
        _nbgrader(course, "autograde", lab, "--student", student)
        with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
            score = gradebook.find_submission(lab, student).score
        graded = nbformat.read(course / "autograded" / student / lab / f"{lab}.ipynb", as_version=4)
        text = json.dumps([c.get("outputs") for c in graded.cells], ensure_ascii=False)
        outcomes[str(one)] = Outcome(score, text, world.touched())
    return outcomes
