"""solutions/ -> labs/: what goes, what stays, and that the same source gives the same bytes."""

import subprocess
import sys

import nbformat
import pytest
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import compute_checksum

from autograder import release, style
from tests import throwaway


@pytest.fixture
def root(tmp_path):
    return throwaway.course_root(tmp_path)


def released(root, lab="lab90_double"):
    return nbformat.read(root / "labs" / lab / f"{lab}.ipynb", as_version=4)


def test_the_labs_of_the_course_are_in_step_with_their_solutions():
    assert release.labs()
    assert release.release(release.labs(), check=True) == []


def test_solutions_and_hidden_tests_are_gone_and_the_rest_stays(root):
    assert release.release(release.labs(root), root) == ["lab90_double", "lab91_again"]
    notebook = released(root)
    text = (root / "labs/lab90_double/lab90_double.ipynb").read_text()
    for gone in ("SOLUTION", "HIDDEN", "return 2 * x", "== 6", "It doubles"):
        assert gone not in text
    answer = throwaway.cell(notebook, "double_answer")
    stub = (
        '    raise NotImplementedError("Write your answer here, then run this cell and the check below it.")'
    )
    assert answer.source == f'def double(x):\n    """Twice x."""\n{stub}'
    assert throwaway.cell(notebook, "double").source == "check(double)"
    assert (root / "labs/lab90_double/words.txt").read_text() == "one\ntwo\n"


def test_metadata_that_grading_needs_is_kept(root):
    release.release(["lab90_double"], root)
    notebook = released(root)
    check, reflection = throwaway.cell(notebook, "twice"), throwaway.cell(notebook, "reflection")
    assert check.metadata.nbgrader.points == 2 and check.metadata.nbgrader.locked
    assert check.metadata.nbgrader.checksum == compute_checksum(check)
    assert reflection.metadata.nbgrader.checksum == compute_checksum(reflection)
    assert check.metadata.deletable is False and check.metadata.editable is False
    assert "editable" not in throwaway.cell(notebook, "twice_answer").metadata
    assert [c.id for c in notebook.cells] == [c.id for c in throwaway.solution("double", "twice").cells]


def test_the_same_source_gives_the_same_bytes_in_normal_form(root):
    release.release(release.labs(root), root)
    first = release.contents(root / "labs/lab90_double")
    assert release.release(release.labs(root), root) == []
    (root / "labs/lab90_double/lab90_double.ipynb").unlink()
    assert release.release(release.labs(root), root) == ["lab90_double"]
    assert release.contents(root / "labs/lab90_double") == first
    assert style.style_notebook(root / "labs/lab90_double/lab90_double.ipynb", check=True) == []


def test_stock_nbgrader_makes_the_same_file(root):
    release.release(["lab90_double"], root)
    ours = (root / "labs/lab90_double/lab90_double.ipynb").read_bytes()
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "lab90_double", "--force"]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=120)
    assert (root / "gradebook.db").exists()
    theirs = style.normalise(released(root))
    assert style.dumps(theirs).encode() == ours


def test_check_changes_nothing_and_names_what_differs(root):
    release.release(release.labs(root), root)
    path = root / "labs/lab91_again/lab91_again.ipynb"
    path.write_text(path.read_text().replace("# A lab", "# My lab"))
    stale = root / "labs/lab89_gone"
    stale.mkdir()
    (stale / "lab89_gone.ipynb").write_text("{}")
    before = path.read_bytes()
    assert release.release(release.labs(root), root, check=True) == ["lab91_again", "lab89_gone"]
    assert path.read_bytes() == before and stale.exists()
    release.release(release.labs(root), root)
    assert not stale.exists()


def test_a_source_that_cannot_be_released_says_why_and_releases_nothing(root):
    broken = throwaway.solution("double")
    throwaway.cell(
        broken, "double_answer"
    ).source = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x"
    throwaway.write(broken, root / "solutions/lab91_again/lab91_again.ipynb")
    with pytest.raises(NbGraderException, match="no end solution statement found"):
        release.release(release.labs(root), root)
    assert not (root / "labs").exists()


def test_an_unknown_lab_is_named_with_those_there_are(capsys):
    assert release.main(["lab77_none"]) == 2
    said = capsys.readouterr().err
    assert "lab77_none" in said and "lab01_cbow" in said


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("3f9a01bc", "made-up id '3f9a01bc'"),
        ("0b4f3c0e-7d0a-4b43-9c5e-2f6a1f0e9d3c", "made-up id"),
        ("aB3dE-fGhIj_", "made-up id"),
        ("title", "which an earlier cell has too"),
        ("", "no id"),
    ],
)
def test_style_reports_bad_ids_and_leaves_the_file(tmp_path, name, problem):
    path = throwaway.write(throwaway.solution("double"), tmp_path / "n.ipynb")
    text = path.read_text().replace('"id": "imports"', f'"id": "{name}"' if name else '"was": "imports"')
    path.write_text(text)
    (found,) = style.style_notebook(path, check=False)
    assert found.startswith("cell 2") and problem in found
    assert path.read_text() == text


def test_style_reports_a_line_that_runs_off_the_page_and_leaves_the_file(tmp_path):
    notebook = throwaway.solution("double")
    notebook.cells[1].source = f"x = 1\ny = '{'a' * 200}'"
    path = throwaway.write(notebook, tmp_path / "n.ipynb")
    text = path.read_text()
    (found,) = style.style_notebook(path, check=False)
    assert "'imports' has a line of 206 characters" in found
    assert path.read_text() == text


def test_style_says_when_a_file_is_no_notebook_or_an_old_one(tmp_path):
    path = tmp_path / "n.ipynb"
    path.write_text("print(1)")
    assert "not a notebook" in style.style_notebook(path, check=False)[0]
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}')
    assert "format 4.4" in style.style_notebook(path, check=False)[0]


def test_style_drops_outputs_counts_and_stray_metadata(tmp_path):
    notebook = throwaway.solution("double")
    notebook.metadata["widgets"] = {"state": {}}
    code = notebook.cells[1]
    code.execution_count, code.outputs = 3, [nbformat.v4.new_output("stream", text="hello")]
    code.metadata["scrolled"] = True
    path = throwaway.write(notebook, tmp_path / "n.ipynb")
    assert style.style_notebook(path, check=True) == ["it is not in normal form; `make style` puts it right"]
    assert style.style_notebook(path, check=False) == []
    after = nbformat.read(path, as_version=4)
    assert after.cells[1].outputs == [] and after.cells[1].execution_count is None
    assert "scrolled" not in after.cells[1].metadata and "widgets" not in after.metadata
    assert style.style_notebook(path, check=True) == []


def test_everything_is_in_style():
    """Python formatted and linted, notebooks without outputs and with readable cell ids: what `make style` leaves."""
    assert style.main(["--check"]) == 0
