"""`autograder grade` as an instructor types it: the same marks however it is run, nothing lost, nothing run twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from autograder.gradebook import Book
from autograder.records import Store
from autograder.release import ROOT
from tests.submissions import hand_in, solved, untouched
from tests.test_gradebook import rows

pytestmark = pytest.mark.slow
LAB = "lab00_start"
PADDED = (
    "def masked_mean(hidden, attention_mask):\n    return (hidden * attention_mask.unsqueeze(-1)).mean(1)"
)
DEADLY = "import os\ndef pairwise_dot(a, b):\n    os._exit(1)"
POINTS = {"ada": 13, "bo": 0, "cai": 10, "dot": 10, "eve": 0, "fay": 0}


def make_class(course):
    """Six students: right, untouched, wrong, deadly, unreadable, and nothing in the folder."""
    hand_in(course, "ada", LAB, solved(LAB))
    hand_in(course, "bo", LAB, untouched(LAB))
    hand_in(course, "cai", LAB, solved(LAB, masked_mean=PADDED))
    hand_in(course, "dot", LAB, solved(LAB, pairwise_dot=DEADLY))
    for student, text in (("eve", "{"), ("fay", None)):
        folder = course / "submitted" / student / LAB
        folder.mkdir(parents=True)
        if text:
            (folder / f"{LAB}.ipynb").write_text(text)
    (course / ".class-secret").write_bytes(b"a secret of thirty-two bytes ...")
    return course


def autograder(*arguments, course=None, code=0):
    """The console script; its standard output."""
    where = ["--course", str(course)] if course else []
    command = [sys.executable, "-m", "autograder.cli", *map(str, arguments), *where]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code != 2 else done.stderr


def marks(records):
    """What must not depend on how it was run."""
    return [
        (r["student"], r["verdict"], r["score"], [(e["name"], e["verdict"], e["points"], e["message"]) for e in r["exercises"]])
        for r in records
    ]  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class after `autograder grade`, and what it printed as JSON."""
    course = make_class(tmp_path_factory.mktemp("course"))
    out = autograder(
        "grade", LAB, "--workers", 1, "--json", "-", course=course, code=1
    )  # eve's cannot be read
    return course, json.loads(out)


def test_the_records_are_as_documented(graded):
    _, records = graded
    assert {r["student"]: r["score"] for r in records} == POINTS
    assert [r["student"] for r in records] == sorted(POINTS)
    assert {r["student"]: r["verdict"] for r in records} == {
        "ada": "correct",
        "bo": "missing",
        "cai": "wrong-answer",
        "dot": "error",
        "eve": "invalid",
        "fay": "missing",
    }
    fields = (
        "student lab verdict score max_score needs_manual seconds overhead_seconds sandbox cached exercises"
    )
    for record in records:
        assert list(record) == fields.split()
        for exercise in record["exercises"]:
            assert list(exercise) == ["name", "verdict", "points", "max_points", "message", "seconds"]
        assert record["max_score"] == 13
        assert (record["sandbox"], record["cached"]) == ("bwrap", False)


def test_what_has_not_changed_is_not_run_again(graded, tmp_path):
    course, records = graded
    shutil.copytree(course, tmp_path / "again")
    course = tmp_path / "again"
    with Book(course, LAB, ROOT) as book:
        before = rows(book)
    again = json.loads(autograder("grade", LAB, "--json", "-", course=course, code=1))
    assert all(r["cached"] for r in again)
    assert marks(again) == marks(records)
    with Book(course, LAB, ROOT) as book:
        assert rows(book) == before

    hand_in(course, "bo", LAB, solved(LAB))
    changed = json.loads(autograder("grade", LAB, "--json", "-", course=course, code=1))
    assert [r["student"] for r in changed if not r["cached"]] == ["bo"]
    assert {r["student"]: r["score"] for r in changed} == {**POINTS, "bo": 13}

    only = json.loads(autograder("grade", LAB, "--student", "ada", "--fresh", "--json", "-", course=course))
    assert [(r["student"], r["cached"]) for r in only] == [("ada", False)]

    # another class draws other cases, so everything is run again
    (course / ".class-secret").write_bytes(os.urandom(32))
    other = json.loads(autograder("grade", LAB, "--json", "-", course=course, code=1))
    assert not any(r["cached"] for r in other)


@pytest.mark.parametrize("workers", [2, 4])
def test_the_same_marks_for_any_number_of_workers(graded, tmp_path, workers):
    _, records = graded
    course = make_class(tmp_path)
    out = autograder("grade", LAB, "--workers", workers, "--json", "-", course=course, code=1)
    assert marks(json.loads(out)) == marks(records)


def test_the_same_marks_on_a_cluster_of_other_processes(graded, tmp_path):
    """A Dask scheduler and two workers started on their own, as on a cluster."""
    _, records = graded
    scheduler_file = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard"]
    commands = [
        [*dask, "--scheduler-file", scheduler_file, "--host", "127.0.0.1"],
        *(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_worker",
                "--scheduler-file",
                scheduler_file,
                "--nthreads",
                "1",
                "--no-dashboard",
                "--no-nanny",
                "--host",
                "127.0.0.1",
            ]
            for _ in range(2)
        ),
    ]
    log = (tmp_path / "dask.log").open("w")
    running = []
    try:
        for command in commands:
            process = subprocess.Popen(
                list(map(str, command)), env=environment, cwd=tmp_path, stdout=log, stderr=log
            )
            running.append(process)
            for _ in range(100):
                if scheduler_file.exists():
                    break
                time.sleep(0.1)
        address = json.loads(scheduler_file.read_text())["address"]
        course = make_class(tmp_path / "course")
        out = autograder("grade", LAB, "--cluster", address, "--json", "-", course=course, code=1)
        assert marks(json.loads(out)) == marks(records)
    finally:
        for process in running:
            process.kill()
            process.wait()
        log.close()


def test_wrong_use_is_told_in_a_sentence(graded, tmp_path):
    course, _ = graded
    for arguments, says in (
        (["grade", "lab99_none"], "there is no lab 'lab99_none'"),
        (["grade", LAB, "--student", "nobody"], "'nobody' has handed in nothing"),
        (["grade", LAB, "--db", "postgresql://x@127.0.0.1:9/none"], "does not answer"),
        (["grade", LAB, "--fresh", "--cluster", "tcp://127.0.0.1:9"], "No Dask cluster answers"),
    ):
        said = autograder(*arguments, course=course, code=2)
        assert says in said and "Traceback" not in said
    assert "there is no submitted/" in autograder("grade", LAB, course=tmp_path, code=2)
    (tmp_path / "submitted").mkdir()
    assert "nobody has handed in" in autograder("grade", LAB, course=tmp_path, code=2)


def test_try_grades_one_file_and_touches_no_gradebook(tmp_path):
    path = tmp_path / "my answers.ipynb"
    nbformat.write(solved(LAB, masked_mean=PADDED), path)
    out = autograder("try", path, "--course", tmp_path)
    assert "✗ masked_mean: wrong-answer, 0 / 3" in out
    assert "look at what you divide by" in out
    assert "10 / 13 in" in out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["my answers.ipynb"]
    nbformat.write(nbformat.v4.new_notebook(), path)
    assert "say --lab" in autograder("try", path, "--course", tmp_path, code=2)


def grader(course):
    command = [
        sys.executable,
        "-m",
        "autograder.cli",
        "grade",
        LAB,
        "--workers",
        "2",
        "--course",
        str(course),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def everything(course):
    """What a grading run leaves: rows, graded notebooks without their times, records."""
    with Book(course, LAB, ROOT) as book:
        found = [rows(book)]
    found.append(
        sorted(str(p.relative_to(course)) for p in (course / "autograded").rglob("*") if p.is_file())
    )
    found.append([(r.student, r.score, r.verdict, r.address) for r in Store(course, LAB).all()])
    return found


def kill_and_finish(course, times, rng):
    """Kill the grader at random instants, `times` of them, then let it finish. How many kills met a running grader."""
    met = 0
    for _ in range(times):
        process = grader(course)
        try:
            process.wait(rng.uniform(0.3, 9.0))
        except subprocess.TimeoutExpired:
            met += 1
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = grader(course)
    assert process.wait(120) in (0, 1)
    return met


@pytest.mark.parametrize(
    "times", [5, pytest.param(200, marks=[pytest.mark.audit, pytest.mark.timeout(3600)])]
)
def test_killed_at_any_instant_nothing_is_lost(graded, tmp_path, times):
    course, _ = graded
    whole = everything(course)
    rng, met = random.Random(times), 0
    for number in range(max(times // 5, 1)):
        course = make_class(tmp_path / str(number))
        met += kill_and_finish(course, 5, rng)
        assert everything(course) == whole
        shutil.rmtree(course)
    print(f"\n{met} of {times} kills met a running grader; the gradebook was whole {number + 1} times")
    assert met >= times // 2
    time.sleep(1)
    left = [p for p in psutil.process_iter(["cmdline"]) if "zygote.py" in " ".join(p.info["cmdline"] or [])]
    mine = [p for p in left if str(tmp_path) in " ".join(p.cmdline())]
    assert mine == []
