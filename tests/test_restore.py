"""A submitted notebook is read with suspicion, and each exercise is judged in its place."""

import json

import nbformat
import pytest

from autograder.restore import DISPLAY_ONLY, MAX_CELLS, Unreadable, exercises, manual, restore
from tests.submissions import cell, solved, untouched, without

LAB = "lab00_start"


def prepare(notebook):
    return restore(nbformat.writes(notebook).encode(), untouched(LAB))


def order(prepared):
    """The steps, told by exercise: "run masked_mean", "judge masked_mean"."""
    return [f"{s.kind} {s.exercise}" for s in prepared.steps if s.exercise]


NAMES = ["masked_mean", "pairwise_dot", "one_hot_lookup", "which_regime"]
IN_PLACE = [f"{what} {name}" for name in NAMES for what in ("run", "judge")]


def test_the_release_says_what_is_graded():
    assert [e.name for e in exercises(untouched(LAB))] == NAMES
    assert [e.points for e in exercises(untouched(LAB))] == [3, 3, 3, 4]
    assert manual(untouched(LAB)) == ["reflection"]


def test_each_exercise_is_judged_at_its_check_cell():
    notebook = solved(LAB)
    after_answer = notebook.cells.index(cell(notebook, "masked_mean_answer")) + 1
    notebook.cells.insert(after_answer, nbformat.v4.new_code_cell("masked_mean = better(masked_mean)"))
    prepared = prepare(notebook)
    assert order(prepared) == IN_PLACE
    assert prepared.notes == []
    judged = next(i for i, s in enumerate(prepared.steps) if s.kind == "judge")
    assert prepared.steps[judged - 1].sources == ("masked_mean = better(masked_mean)",)


@pytest.mark.parametrize("trouble", ["deleted", "moved", "duplicated"])
def test_a_check_cell_that_is_not_in_its_place(trouble):
    """It is judged just after its answer, and what a student did to the cell is said."""
    notebook = solved(LAB)
    check = cell(notebook, "masked_mean")
    if trouble == "duplicated":
        notebook.cells.append(nbformat.from_dict({**check, "id": "again"}))
    else:
        notebook.cells.remove(check)
    if trouble == "moved":
        notebook.cells.append(check)
    prepared = prepare(notebook)
    assert order(prepared) == IN_PLACE
    assert prepared.notes == [
        f"The check cell of masked_mean was {trouble}; it was judged just after its answer cell."
    ]
    assert cell(prepared.notebook, "masked_mean").source == "check(masked_mean)"


def test_an_answer_without_its_cell_is_judged_at_the_check():
    notebook = solved(LAB)
    answer = cell(notebook, "masked_mean_answer")
    answer.metadata = {}
    assert order(prepare(notebook)) == ["judge masked_mean", *IN_PLACE[2:]]
    assert order(prepare(without(notebook, "masked_mean")))[-1] == "judge masked_mean", "and else at the end"


def test_of_two_answers_the_last_counts_and_both_run():
    notebook = solved(LAB)
    stub = nbformat.from_dict({**cell(untouched(LAB), "masked_mean_answer"), "id": "again"})
    notebook.cells.insert(notebook.cells.index(cell(notebook, "masked_mean_answer")), stub)
    prepared = prepare(notebook)
    sources = [s.sources[0] for s in prepared.steps if s.kind == "run"]
    assert stub.source in sources
    assert order(prepared) == IN_PLACE


def test_grading_metadata_is_the_releases():
    notebook = solved(LAB)
    check = cell(notebook, "masked_mean")
    check.metadata.nbgrader.update(points=1000, locked=False)
    check.source = "100"
    notebook.cells[0].metadata["nbgrader"] = {
        "grade_id": "bonus",
        "grade": True,
        "points": 50,
        "solution": False,
    }
    prepared = prepare(notebook)
    assert cell(prepared.notebook, "masked_mean").metadata.nbgrader.points == 3
    assert cell(prepared.notebook, "masked_mean").source == "check(masked_mean)"
    assert "nbgrader" not in prepared.notebook.cells[0].metadata
    assert not any("100" in s.sources for s in prepared.steps)


def test_a_cell_that_the_release_locked_runs_as_released():
    """What a student added to it runs before, so that an honest extra import is not lost."""
    notebook = solved(LAB)
    cell(notebook, "imports").source = "import math"
    step = next(s for s in prepare(notebook).steps if "import math" in s.sources)
    assert step.sources == ("import math", cell(untouched(LAB), "imports").source)
    gone = prepare(without(solved(LAB), "imports"))
    assert gone.steps[0].sources == (cell(untouched(LAB), "imports").source,)


def test_what_only_shows_is_not_run_while_it_is_unchanged():
    def sources(notebook):
        return [s.sources[0] for s in prepare(notebook).steps if s.sources]

    shows = next(c for c in untouched(LAB).cells if DISPLAY_ONLY in c.metadata.get("tags", []))
    mine = solved(LAB)
    changed = next(c for c in mine.cells if c.id == shows.id)
    changed.outputs = [nbformat.v4.new_output("stream", text="mine")]
    assert shows.source not in sources(mine)
    kept = next(c for c in prepare(mine).notebook.cells if c.source == shows.source)
    assert (kept.outputs[0].text, kept.metadata["outputs"]) == ("mine", "as handed in")
    changed.source += "\nx = 1"
    assert changed.source in sources(mine)
    changed.source, changed.metadata["tags"] = "y = 2", [DISPLAY_ONLY]
    assert "y = 2" in sources(mine), "a student's own tag excuses nothing"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "no list of cells"),
        (b"3", "no list of cells"),
        (b'{"cells": 3, "nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 3, "worksheets": 7}', "no list of cells"),
        (b'{"nbformat": 4, "cells": [7]}', "Cell 1 of the notebook is damaged"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}', "no text"),
        (json.dumps({"cells": [{"cell_type": "raw"}] * (MAX_CELLS + 1)}).encode(), "up to 3,000"),
        (b" " * 10 + b"1" * (51 * 2**20), "51 MB"),
    ],
)
def test_what_cannot_be_read_is_said(data, says):
    with pytest.raises(Unreadable, match=says):
        restore(data, untouched(LAB))


def test_what_is_odd_but_readable_is_read():
    notebook = solved(LAB)
    text = nbformat.writes(notebook)
    tree = json.loads(text)
    for c in tree["cells"]:
        c.pop("id", None)
        c["source"] = "".join(c["source"]).replace("\n", "\r\n")
        c["metadata"]["collapsed"] = {"deep": [1]}
        c["attachments"] = 7
        if c["cell_type"] == "code":
            c["outputs"], c["execution_count"] = None, "seven"
    tree["metadata"] = {"kernelspec": 3}
    data = b"\xef\xbb\xbf" + json.dumps(tree).encode()
    prepared = restore(data, untouched(LAB))
    assert order(prepared) == IN_PLACE
    nbformat.validate(prepared.notebook)
