"""One submission, judged from outside: what a crash costs, what is shown, what is kept from it."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import psutil
import pytest

from autograder.judge import Job, Judge, JudgeError
from autograder.pool import grade_all
from autograder.release import ROOT
from tests.nobody import as_nobody
from tests.submissions import cell, solved, untouched

LAB = "lab00_start"


def submission(notebook, lab=LAB, **options):
    return Job("ada", lab, {f"{lab}.ipynb": nbformat.writes(notebook).encode()}, **options)


def by_name(record):
    return {e.name: e for e in record.exercises}


def with_first_cell(source, notebook=None):
    notebook = notebook or solved(LAB)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(source))
    return notebook


@pytest.mark.parametrize("lab", ["lab00_start", pytest.param("lab01_cbow", marks=pytest.mark.slow)])
def test_a_solution_earns_everything_and_an_untouched_lab_nothing(judge, lab):
    record, text = judge.grade(submission(solved(lab), lab))
    assert (record.verdict, record.score) == ("correct", record.max_score)
    assert {e.verdict for e in record.exercises} == {"correct"}
    assert record.needs_manual == ["reflection"]
    assert (record.sandbox, record.notes) == ("bwrap", [])
    nbformat.validate(nbformat.reads(text, as_version=4))

    record, _ = judge.grade(submission(untouched(lab), lab))
    assert (record.verdict, record.score) == ("missing", 0)
    assert {e.verdict for e in record.exercises} == {"missing"}
    assert all("not written yet" in e.message for e in record.exercises)


def test_the_graded_notebook_is_what_nbgrader_reads(judge):
    """Points are a check cell's first result; its HTML is the verdict; no hidden line is in it."""
    wrong = (
        "def masked_mean(hidden, attention_mask):\n    return (hidden * attention_mask.unsqueeze(-1)).mean(1)"
    )
    record, text = judge.grade(submission(solved(LAB, masked_mean=wrong)))
    assert by_name(record)["masked_mean"].verdict == "wrong-answer"
    assert record.score == 10
    notebook = nbformat.reads(text, as_version=4)
    (output,) = cell(notebook, "masked_mean").outputs
    assert output.data["text/plain"] == "0"
    assert "look at what you divide by" in output.data["text/html"]
    (output,) = cell(notebook, "which_regime").outputs
    assert output.data["text/plain"] == "4"
    assert "autograder" not in text


def test_a_crash_costs_its_exercise_alone(judge):
    """The kernel dies in a call; the exercises after it are judged in a fresh one that has run the cells before."""
    deadly = "import os\ndef pairwise_dot(a, b):\n    os._exit(1)"
    record, _ = judge.grade(submission(solved(LAB, pairwise_dot=deadly)))
    found = by_name(record)
    assert (found["pairwise_dot"].verdict, found["pairwise_dot"].points) == ("error", 0)
    assert "died" in found["pairwise_dot"].message
    assert record.score == 10


def test_a_cell_that_kills_is_left_out_of_the_fresh_kernel(judge):
    record, text = judge.grade(submission(with_first_cell("import os; os._exit(0)")))
    assert record.score == record.max_score
    assert "Cell 1: the kernel died" in record.notes[0]
    assert "the kernel died" in nbformat.reads(text, as_version=4).cells[0].outputs[0].text

    answer = "import os\nos._exit(0)\ndef masked_mean(hidden, attention_mask):\n    return hidden"
    found = by_name(judge.grade(submission(solved(LAB, masked_mean=answer)))[0])
    assert found["masked_mean"].verdict == "error"
    assert "there is no masked_mean to judge" in found["masked_mean"].message
    assert {found[n].verdict for n in ("pairwise_dot", "one_hot_lookup", "which_regime")} == {"correct"}


def test_time_limits_of_a_cell_a_call_and_a_submission(judge):
    loop = "while True:\n    pass"
    record, _ = judge.grade(submission(with_first_cell(loop), limits={"cell": 1.0}))
    assert (record.score, record.notes) == (13, ["Cell 1: this cell was stopped after 1 second."])

    endless = f"def masked_mean(hidden, attention_mask):\n    {loop.replace(chr(10), chr(10) + '    ')}"
    record, _ = judge.grade(submission(solved(LAB, masked_mean=endless), limits={"call": 2.0}))
    assert by_name(record)["masked_mean"].verdict == "time-limit"
    assert record.score == 10

    limits = {"cell": 60.0, "submission": 2.0}
    record, _ = judge.grade(submission(with_first_cell("import time; time.sleep(60)"), limits=limits))
    assert (record.verdict, record.score) == ("time-limit", 0)
    assert "2 seconds" in record.exercises[0].message


def test_memory_is_watched_from_outside(judge):
    hog = "x = []\nwhile True:\n    x.append(bytearray(10**7))"
    record, _ = judge.grade(submission(with_first_cell(hog), limits={"memory": 2**29}))
    assert record.score == 13
    assert "more memory" in record.notes[0]

    # one that forks to stay below the limit of each process
    family = "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n        x = b'1' * (2 * 10**8)\n        time.sleep(30)\ntime.sleep(30)"
    record, _ = judge.grade(submission(with_first_cell(family), limits={"memory": 2**29, "cell": 20}))
    assert record.score == 13
    assert "more memory" in record.notes[0]


def test_outputs_are_bounded_and_carry_no_script(judge):
    shows = """
from IPython.display import HTML, Javascript, display
display(HTML("<b>bold</b><script>alert(1)</script><img src=x onerror=alert(2)>"), Javascript("alert(3)"))
print("x" * 10**7)
"""
    record, text = judge.grade(submission(with_first_cell(shows)))
    assert record.score == 13
    assert "<b>bold</b>" in text
    outputs = json.dumps(nbformat.reads(text, as_version=4).cells[0].outputs)
    for bad in ("<script>", "<img src=x onerror", "application/javascript"):
        assert bad not in outputs
    assert "The rest of the output was cut" in text
    assert len(text) < 2_000_000


def test_what_lies_beside_the_notebook_can_be_read(judge):
    job = submission(with_first_cell("import helper\nprint(helper.word, open('sub/data.txt').read())"))
    job.files.update({"helper.py": b"word = 'beside'", "sub/data.txt": b"and below"})
    _, text = judge.grade(job)
    assert "beside and below" in text


def test_nothing_of_one_submission_is_left_for_the_next(judge):
    judge.grade(
        submission(with_first_cell("open('/tmp/mark', 'w').write('x'); open('mark', 'w').write('x')"))
    )
    look = (
        "import os\nprint('seen', [p for p in ('/tmp/mark', 'mark', '/dev/shm/mark') if os.path.exists(p)])"
    )
    assert "seen []" in judge.grade(submission(with_first_cell(look)))[1]


@pytest.mark.parametrize(("files", "verdict"), [({}, "missing"), ({f"{LAB}.ipynb": b"{"}, "invalid")])
def test_no_notebook_that_can_be_read(judge, files, verdict):
    record, text = judge.grade(Job("ada", LAB, files))
    assert (record.verdict, record.score, record.max_score, text) == (verdict, 0, 13, None)
    assert len(record.exercises) == 4


def test_a_lab_that_is_not_there(judge):
    with pytest.raises(JudgeError, match="no released lab 'lab99_none'"):
        judge.grade(Job("ada", "lab99_none", {}))


@pytest.mark.slow
def test_the_judge_is_started_again_when_it_dies():
    with Judge() as judge:
        judge.process.kill()
        record, _ = judge.grade(submission(untouched(LAB)))
        assert record.verdict == "missing"


@pytest.mark.slow
def test_without_walls_it_says_so():
    with Judge(sandbox="none") as judge:
        record, _ = judge.grade(submission(solved(LAB)))
    assert (record.sandbox, record.score) == ("none", 13)


@pytest.mark.slow
def test_one_bubblewrap_for_each_submission():
    """Where namespaces inside bubblewrap cannot be had: slower, and as fair."""
    leaves = with_first_cell(
        "open('left', 'w').write('x'); import os; os.fork() or __import__('time').sleep(60)"
    )
    looks = with_first_cell("import os; print('found', os.listdir('.'))")
    deadly = solved(LAB, pairwise_dot="import os\ndef pairwise_dot(a, b):\n    os._exit(1)")
    reaches = with_first_cell("import socket; socket.create_connection(('127.0.0.1', 9), 1)", untouched(LAB))
    with Judge("plain") as judge:
        record, _ = judge.grade(submission(leaves))
        assert (record.sandbox, record.score) == ("bwrap-plain", 13)
        record, text = judge.grade(submission(looks))
        assert record.score == 13
        assert "found [" in text and "'left'" not in text
        record, _ = judge.grade(submission(deadly))
        assert (by_name(record)["pairwise_dot"].verdict, record.score) == ("error", 10)
        record, text = judge.grade(submission(reaches))
        assert (record.score, "refused" in text or "unreachable" in text) == (0, True)


ORDINARY = """
import json, os, sys
import nbformat
from autograder.judge import Job, Judge
from tests.submissions import solved
data = nbformat.writes(solved("lab00_start")).encode()
with Judge(sys.argv[1]) as judge:
    record, _ = judge.grade(Job("ada", "lab00_start", {"lab00_start.ipynb": data}))
print(json.dumps([os.getuid(), record.sandbox, record.score]))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="the other tests have run as an ordinary user")
@pytest.mark.parametrize(("sandbox", "kind"), [("auto", "bwrap"), ("plain", "bwrap-plain")])
def test_an_ordinary_user_has_the_same_walls(tmp_path, sandbox, kind):
    command = as_nobody(tmp_path, sys.executable, "-B", "-c", ORDINARY, sandbox)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    user, walls, score = json.loads(done.stdout)
    assert user != 0
    assert (walls, score) == (kind, 13)


IN_SCRATCH = """
import json, sys
import nbformat
from autograder.judge import Job, Judge
notebook = nbformat.reads(sys.stdin.read(), as_version=4)
with Judge() as judge:
    record, text = judge.grade(Job("ada", "lab00_start", {"lab00_start.ipynb": nbformat.writes(notebook).encode()}))
print(json.dumps([record.score, text]))
"""
REACH = """import course, os
folder = os.path.dirname(course.__file__)
for path in (folder, os.path.dirname(folder)):
    try:
        open(path + "/new.py", "a")
    except OSError as error:
        print(error.strerror)
print(sorted(os.listdir(os.path.dirname(folder))))"""


@pytest.mark.slow
def test_a_project_in_a_temporary_folder(tmp_path):
    """What lies in /tmp, where each submission gets an empty one, is in sight all the same, and read-only."""
    project = tmp_path / "project"
    for name in ("course", "autograder", "labs"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "constraints.txt", project)
    done = subprocess.run(
        [sys.executable, "-c", IN_SCRATCH],
        input=nbformat.writes(with_first_cell(REACH)),
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    score, text = json.loads(done.stdout)
    said = nbformat.reads(text, as_version=4).cells[0].outputs[0].text
    assert score == 13
    assert said == "Read-only file system\nRead-only file system\n['course']\n"


GPU = """import os, torch
print("sees", os.environ["CUDA_VISIBLE_DEVICES"], "and", len(torch.cuda._queued_calls), "waits for CUDA to start")"""


@pytest.mark.slow
def test_two_kernels_share_a_gpu_by_slots(monkeypatch):
    """With a GPU that is made up: each worker's kernels see the device, with a share of its memory that is set when CUDA starts."""
    monkeypatch.setenv("AUTOGRADER_FAKE_GPUS", "1")
    jobs = [submission(with_first_cell(GPU)) for _ in range(4)]
    before = len(__import__("torch").cuda._queued_calls)
    results = []
    for result in grade_all(jobs, workers=2):
        results.append(result)
        listening = {c.laddr.ip for c in psutil.Process().net_connections() if c.status == "LISTEN"}
        assert listening <= {"127.0.0.1"}, "nobody else's business"
    assert [r.failure for r in results] == [None] * 4
    assert {r.record.score for r in results} == {13}
    assert all(f"sees 0 and {before + 1} waits" in r.notebook for r in results)


@pytest.mark.slow
def test_more_workers_than_slots_are_refused(monkeypatch):
    monkeypatch.setenv("AUTOGRADER_FAKE_GPUS", "1")
    monkeypatch.setenv("AUTOGRADER_GPU_SLOTS", "1")
    results = list(grade_all([submission(untouched(LAB)) for _ in range(4)], workers=2))
    refused = [r.failure for r in results if r.failure]
    assert refused and all("2 threads and 1 slots" in said for said in refused)
    assert any(r.record for r in results)
