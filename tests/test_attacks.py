"""The attacks of `tests/attacks/` gain nothing with our grader, and are shown to work where there are no walls.

Each starts from a lab in which nothing was solved. All are graded by one judge, one after the other, so what one leaves
behind would be found by the next.
"""

import ctypes
import os
import platform

import pytest

from autograder.judge import Job, Judge
from course.chapters import ready
from tests.attacks import attacks
from tests.attacks.nbgrader import CHOSEN, stock
from tests.attacks.runs import InProcess, gain, walled
from tests.attacks.submission import Submission, as_data
from tests.attacks.world import World
from tests.submissions import solved, untouched

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(platform.system() != "Linux", reason="the walls are Linux's"),
]

FAMILIES = {
    "answers": "cheap answers that claim to be right",
    "bombs": "archives, notebooks, processes, threads, memory, disk, output without end",
    "builtins": "patched builtins",
    "checks": "patched checks and verdicts",
    "displays": "display hooks and publishers, and what a page would run",
    "endings": "atexit, at-fork, finalisers, tracers, signals",
    "folders": "links and path tricks in the submission's folder",
    "imports": "files beside the notebook that shadow imports",
    "inputs": "input transformers",
    "ipython": "IPython's internals",
    "metadata": "forged cell metadata and outputs",
    "network": "the network and sockets",
    "objects": "objects that lie",
    "parents": "/proc of others, ptrace, signals",
    "privileges": "mounts, namespaces, capabilities, devices",
    "remembered": "remembered inputs",
    "replies": "forged replies of the probe",
    "secrets": "reading hidden checks, solutions, secrets, others' work",
    "sizes": "oversized and malformed replies",
    "survivors": "what outlives its submission",
    "tensors": "tensor subclasses and hooks",
    "timing": "timing tricks",
    "torch": "patched torch",
}
ALL = attacks()
SHOWN = [a for a in ALL if a.attack.works in ("in process", "visible")]
IN_TEST = ("lab00_start", "lab01_cbow")


def cases():
    """(lab, attack), all of them: each on the first lab; on the second one of each family; the others are left to the audit."""
    first = {a.family: a for a in reversed(ALL) if not a.attack.limits}
    for lab in (c.lab for c in ready()):
        for filed in ALL:
            now = lab == IN_TEST[0] or (lab == IN_TEST[1] and filed is first.get(filed.family))
            yield pytest.param(lab, filed, id=f"{lab}-{filed}", marks=() if now else pytest.mark.audit)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A course with canaries, listeners and a victim."""
    with World(tmp_path_factory.mktemp("attacked"), [c.lab for c in ready()]) as made:
        yield made


@pytest.fixture(scope="module")
def judge(world):
    """One judge for all attacks, started as from a login: with a keyring of the session's, which children inherit."""
    if platform.machine() == "x86_64":
        ctypes.CDLL(None).syscall(250, 1, b"a session")  # keyctl(KEYCTL_JOIN_SESSION_KEYRING)
    with Judge(hidden=(world.course,)) as made:
        assert made.kind in ("bwrap", "bwrap-plain"), "no attack is run without walls"
        yield made


@pytest.fixture(scope="module")
def in_process(world):
    made = InProcess(world)
    yield made
    made.close()


def score(judge, world, lab, notebook):
    """The record's score of an honest notebook."""
    record, _ = judge.grade(Job("ada", lab, {f"{lab}.ipynb": as_data(notebook)}, secret=world.secret))
    return record.score, record.max_score


def test_there_are_a_hundred_attacks_of_every_family():
    assert len(ALL) >= 100
    assert {a.family for a in ALL} == set(FAMILIES)
    assert len({a.says for a in ALL}) == len(ALL)
    assert all(a.says.endswith(".") for a in ALL)


def test_no_two_attacks_are_the_same(world):
    made = {}
    for filed in ALL:
        if filed.attack.folder or filed.attack.raw:
            continue  # those differ in what they do to a file
        submission = Submission(filed.attack, "lab00_start", world, walls=True)
        made.setdefault((submission.data(), str(submission.files()), str(filed.attack.then)), []).append(
            str(filed)
        )
    assert [names for names in made.values() if len(names) > 1] == []


@pytest.mark.parametrize("filed", SHOWN, ids=str)
def test_it_works_without_walls(filed, in_process, world):
    """With the checks in the same process, read as nbgrader reads them, or as a plain child of the grader."""
    assert gain(in_process.run(filed.attack), world) != ""


@pytest.mark.parametrize(("lab", "filed"), list(cases()))
def test_it_gains_nothing(lab, filed, judge, world):
    assert gain(walled(filed.attack, lab, world, judge), world) == ""
    if filed.family == "survivors" and lab == IN_TEST[0]:  # whoever is graded next gets what they deserve
        assert score(judge, world, "lab00_start", untouched("lab00_start"))[0] == 0
        assert score(judge, world, "lab00_start", solved("lab00_start")) == (13, 13)


def test_after_all_of_them_the_judge_is_fair(judge, world):
    """Runs after the attacks, with the judge that has graded them."""
    assert score(judge, world, "lab00_start", solved("lab00_start")) == (13, 13)
    for lab in IN_TEST:
        assert score(judge, world, lab, untouched(lab))[0] == 0
    assert world.survivors() == []
    assert world.touched() == []


def test_some_are_shown_with_stock_nbgrader(world, tmp_path):
    """`nbgrader autograde` as it is, run for a class of attackers."""
    assert os.environ["AUTOGRADER_CANARY"] == world.planted["variable"]
    outcomes = stock(
        [a for a in ALL if a.attack.works == "stock" or str(a) in CHOSEN], "lab00_start", world, tmp_path
    )
    assert {
        name: gain(outcome, world) for name, outcome in outcomes.items() if not gain(outcome, world)
    } == {}
