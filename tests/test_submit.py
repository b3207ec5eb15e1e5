"""`make submit`: the table, what is missing, and that there is always a file to hand in."""

import nbformat
import pytest

from autograder import release
from course import submit
from tests import throwaway

LAB = "lab90_double"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A folder with labs/ as students get it."""
    root = throwaway.course_root(tmp_path_factory.mktemp("course"))
    release.release(release.labs(root), root)
    return root


@pytest.fixture
def mine(released):
    """The student's untouched notebook."""
    return nbformat.read(released / "labs" / LAB / f"{LAB}.ipynb", as_version=4)


@pytest.fixture
def hand_in(released, tmp_path, capfd):
    """Submits a notebook; returns what was printed and the bytes that would be handed in."""

    def run(notebook):
        path = (
            throwaway.write(notebook, tmp_path / "my.ipynb")
            if notebook is not None
            else tmp_path / "my.ipynb"
        )
        handed = submit.submit(LAB, str(path), released)
        assert handed == released / "work" / "submit" / f"{LAB}.ipynb"
        assert handed.read_bytes() == path.read_bytes()
        return capfd.readouterr().out

    return run


def row(printed, exercise):
    """The line of the table about one exercise, as words."""
    return next(line.split() for line in printed.splitlines() if line.startswith(f"{exercise} "))


def test_an_untouched_lab_is_written_and_everything_is_missing(hand_in, mine):
    printed = hand_in(mine)
    assert row(printed, "double")[:5] == ["double", "missing", "0", "of", "2"]
    for line in ("  double: not written yet", "  twice: not written yet", "  reflection: not answered yet"):
        assert line in printed.splitlines()
    assert "0 of 4 points" in printed and "up to 2 points from a person" in printed


def test_right_wrong_and_answered(hand_in, mine):
    throwaway.cell(mine, "double_answer").source = "def double(x):\n    print('noise')\n    return x + x"
    throwaway.cell(mine, "twice_answer").source = "def twice(x):\n    return x + 1"
    throwaway.cell(mine, "reflection").source = "Because."
    printed = hand_in(mine)
    assert row(printed, "double")[:5] == ["double", "correct", "2", "of", "2"]
    assert row(printed, "twice")[:5] == ["twice", "wrong-answer", "0", "of", "2"]
    assert "For 2 it should give 4." in printed
    assert "Nothing is missing." in printed and "2 of 4 points" in printed


def test_deleted_and_changed_checks_are_put_back_for_the_run_only(hand_in, mine):
    throwaway.cell(mine, "double_answer").source = "def double(x):\n    return 2 * x"
    throwaway.cell(mine, "twice").source = "2"
    mine.cells.remove(throwaway.cell(mine, "double"))
    printed = hand_in(mine)
    assert row(printed, "double")[1] == "correct"
    assert "The check cell of double was deleted" in printed
    assert row(printed, "twice")[1] == "missing" and "The cell 'twice' was changed" in printed


def test_a_deleted_question_is_named(hand_in, mine):
    mine.cells.remove(throwaway.cell(mine, "reflection"))
    assert "reflection: the cell for your answer was deleted" in hand_in(mine)


def test_code_that_fails_stops_nothing(hand_in, mine):
    throwaway.cell(mine, "double_answer").source = "def double(x)\n    return 2 * x"
    throwaway.cell(mine, "twice_answer").source = "def twice(x):\n    return 2 * x"
    printed = hand_in(mine)
    assert row(printed, "double")[1] == "error" and "NameError" in printed
    assert row(printed, "twice")[1] == "correct"


def test_a_cell_that_never_ends_is_stopped(hand_in, mine, monkeypatch):
    monkeypatch.setattr(submit, "CELL_SECONDS", 3)
    throwaway.cell(mine, "double_answer").source = "while True:\n    pass"
    throwaway.cell(mine, "twice_answer").source = "def twice(x):\n    return 2 * x"
    printed = hand_in(mine)
    assert row(printed, "twice")[1] == "correct"
    assert any("(double_answer)" in line and line.endswith(" s") for line in printed.splitlines())


def test_a_kernel_that_dies_is_said_and_the_rest_was_not_run(hand_in, mine):
    throwaway.cell(mine, "double_answer").source = "import os\nos._exit(1)"
    printed = hand_in(mine)
    assert "The kernel died in cell 3 (double_answer)" in printed
    assert row(printed, "twice")[1:3] == ["not", "run"]


def test_the_wrong_notebook_is_noticed(hand_in):
    assert "is this the right notebook?" in hand_in(nbformat.v4.new_notebook())


def test_running_happens_in_the_folder_of_the_notebook(hand_in, mine, tmp_path):
    (tmp_path / "mine.txt").write_text("4")
    source = "def double(x):\n    return int(open('mine.txt').read())"
    throwaway.cell(mine, "double_answer").source = source
    assert row(hand_in(mine), "double")[1] == "correct"


def test_handing_in_the_handed_in_file_again_keeps_it(released, mine, capfd):
    path = throwaway.write(mine, released / "work" / "submit" / f"{LAB}.ipynb")
    before = path.read_bytes()
    submit.submit(LAB, str(path), released)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("lab", "content", "sentence"),
    [
        ("lab77_none", None, "There is no lab 'lab77_none'; there are lab90_double, lab91_again."),
        ("", None, "Which lab? Say LAB=… after make submit; there are lab90_double, lab91_again."),
        (LAB, None, "There is no notebook"),
        (LAB, "{not json", "is not a notebook that can be read"),
        (
            LAB,
            '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
            "is not a notebook that can be read",
        ),
        (LAB, "\udcff\udcfe", "is not a notebook that can be read"),
    ],
)
def test_what_cannot_be_submitted_is_one_sentence_and_writes_nothing(
    released, tmp_path, lab, content, sentence
):
    path = tmp_path / "my.ipynb"
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    handed = released / "work" / "submit" / f"{LAB}.ipynb"
    handed.unlink(missing_ok=True)
    with pytest.raises(submit.Refusal, match=r".") as refusal:
        submit.submit(lab, str(path), released)
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value)
    assert not handed.exists()


def test_a_refusal_is_exit_code_2(capfd):
    assert submit.main("lab77_none") == 2
    said = capfd.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "lab01_cbow" in said.err
