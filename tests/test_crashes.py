"""Every submission ends with a verdict, costs no other exercise its points, and delays no other submission."""

import statistics
import time

import nbformat
import psutil
import pytest

from autograder.judge import Job
from tests.crashes import CASES
from tests.crashes.running import STOPPED
from tests.crashes.tools import FULL, LAB, LIMITS
from tests.submissions import solved


def running():
    """Trouble that runs. What has to be waited for is tried in one place in `make test`, in all in `make audit`; but for the
    plain loop, always in all."""
    seen = set()
    for case in CASES:
        if case.where not in ("file", "disk"):
            waits = "time-limit" in case.verdict or case.noted == STOPPED
            again = waits and case.name in seen and case.name != "loop"
            seen.add(case.name)
            yield pytest.param(case, id=str(case), marks=pytest.mark.audit if again else pytest.mark.slow)


READING = [c for c in CASES if c.where in ("file", "disk")]
LONGEST = LIMITS["submission"] + 10.0


def honest(judge):
    """Grade a solved lab; returns its record and how long that took."""
    files = {f"{LAB}.ipynb": nbformat.writes(solved(LAB)).encode()}
    began = time.monotonic()
    record, _ = judge.grade(Job("ada", LAB, files))
    return record, time.monotonic() - began


def processes(judge):
    """How many processes the judge has: its warm parent, the kernel forked ahead, and whatever else is left."""
    return len(psutil.Process(judge.process.pid).children(recursive=True))


@pytest.fixture(scope="module")
def usual(judge):
    """How long an honest submission takes, and how many processes there are after it."""
    honest(judge)
    seconds = statistics.median(honest(judge)[1] for _ in range(3))
    time.sleep(0.5)  # for the kernel of the last one to be gone, and the next to be there
    return seconds, processes(judge)


@pytest.mark.parametrize("case", list(running()))
def test_trouble_gets_its_verdict_and_costs_nobody_else(case, judge, usual, tmp_path):
    """The verdict is the one it must be, the other exercises keep their points, and the next student notices nothing."""
    began = time.monotonic()
    pid, record = judge.process.pid, case.grade(judge, tmp_path)
    assert not case.problems(record)
    assert time.monotonic() - began < LONGEST

    record, seconds = honest(judge)
    assert (record.verdict, record.score, record.notes) == ("correct", FULL, [])
    assert seconds < 2 * usual[0] + 2.0, "the submission before this one delays it"
    assert judge.process.pid == pid, "the judge itself had to be started again"
    deadline = time.monotonic() + 5.0
    while processes(judge) > usual[1] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes(judge) <= usual[1], "something of a submission lives on"


@pytest.mark.parametrize("case", READING, ids=str)
def test_whatever_lies_there_gets_its_verdict(case, judge, tmp_path):
    began = time.monotonic()
    record = case.grade(judge, tmp_path)
    assert not case.problems(record)
    assert time.monotonic() - began < 30


def test_an_honest_submission_after_all_of_them(judge):
    record, _ = honest(judge)
    assert (record.verdict, record.score, record.notes) == ("correct", FULL, [])


def test_the_cases_are_distinct():
    names = [str(case) for case in CASES]
    assert len(set(names)) == len(names)
    assert {"time-limit", "memory-limit", "error", "invalid", "missing"} <= {
        v for c in CASES for v in c.verdict
    }
