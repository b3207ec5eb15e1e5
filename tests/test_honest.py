"""Honest work keeps its marks: every harmless transformation of a solved lab earns all of its points.

All of them on lab 00 and a dozen on lab 01 in `make test`; all of them on every lab, and in a stock kernel, in `make audit`.
"""

import json

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.judge import Job
from course.chapters import ready
from course.checks.verdict import MIME
from tests.honest import HONEST, plain
from tests.honest.short import short
from tests.submissions import solved

# those that have cost honest students marks in other graders, and those that need most of ours
DOZEN = (
    "answers_in_a_file",
    "answers_in_new_cells",
    "checks_at_the_end_in_reverse",
    "checks_deleted",
    "crlf_in_the_cells",
    "decorated",
    "format_3",
    "logs_at_all_levels",
    "numbers_in_float64",
    "prints_on_stderr",
    "threads_left_running",
    "warnings_everywhere",
)


def cases():
    for chapter in ready():
        for name in HONEST:
            often = name in DOZEN and chapter.lab in ("lab00_start", "lab01_cbow")
            if chapter.lab == "lab00_start":
                mark = () if often else pytest.mark.slow
            else:
                mark = pytest.mark.slow if often else pytest.mark.audit
            yield pytest.param(chapter.lab, name, marks=mark)


def shown(text):
    """All that the outputs of a graded notebook show, as one text."""
    outputs = [o for c in nbformat.reads(text, as_version=4).cells for o in c.get("outputs", [])]
    return "\n".join(
        o.get("text", "") + o.get("ename", "") + json.dumps(o.get("data", {}), ensure_ascii=False)
        for o in outputs
    )


@pytest.mark.parametrize(("lab", "name"), list(cases()))
def test_honest_work_keeps_its_marks(judge, lab, name):
    transformation, notebook = HONEST[name], short(lab)
    files = transformation.files(notebook, lab)
    assert files != plain(notebook, lab), "this transformation does nothing"
    record, text = judge.grade(Job("ada", lab, files))
    lost = {e.name: (e.verdict, e.points, e.message) for e in record.exercises if e.points != e.max_points}
    assert not lost
    assert {e.verdict for e in record.exercises} == {"correct"} == {record.verdict}
    assert record.score == record.max_score > 0
    assert transformation.shows is None or transformation.shows in shown(text)


def test_there_are_thirty_and_each_says_what_it_does():
    assert len(HONEST) >= 30
    assert len({t.about for t in HONEST.values()}) == len(HONEST)
    assert set(DOZEN) <= set(HONEST)


# what a check cell shows is not its verdict, or there is none, when these are run as they stand
WITHOUT_VERDICT = ("checks_deleted", "checks_edited", "checks_above_their_answers")


@pytest.mark.audit
@pytest.mark.parametrize("name", sorted(HONEST))
def test_it_is_harmless_in_a_stock_kernel_too(name, tmp_path):
    """In the student's own JupyterLab every visible check says "correct", so whoever hands this in expects full marks."""
    lab = "lab00_start"
    for path, data in HONEST[name].files(solved(lab), lab).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    notebook = nbformat.reads((tmp_path / f"{lab}.ipynb").read_text(encoding="utf-8-sig"), as_version=4)
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True, resources=place).execute()
    outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
    verdicts = [o.data[MIME] for o in outputs if MIME in o.get("data", {})]
    last = {v["exercise"]: v["verdict"] for v in verdicts if v["exercise"] != "real_tokens"}
    if name in WITHOUT_VERDICT:
        assert not last
    else:
        assert last == dict.fromkeys(
            ["masked_mean", "pairwise_dot", "one_hot_lookup", "which_regime"], "correct"
        )
    assert HONEST[name].shows is None or HONEST[name].shows in shown(nbformat.writes(notebook))
