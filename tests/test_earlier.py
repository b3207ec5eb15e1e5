"""What another lab's notebook defines, for a lab that builds on it."""

from pathlib import Path

import nbformat
import pytest

from course.earlier import earlier

ROOT = Path(__file__).resolve().parents[1]
LAB = "lab08_t5"


@pytest.fixture
def write(tmp_path):
    """Writes a notebook of lab 08 out of the sources of its cells."""

    def write(*sources):
        folder = tmp_path / LAB
        folder.mkdir(exist_ok=True)
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{LAB}.ipynb")
        return tmp_path

    return write


def test_functions_classes_and_constants(write):
    folder = write(
        "import math\nSIZE = 3",
        "def half(x):\n    return x / SIZE",
        "class A:\n    half = staticmethod(half)",
    )
    made = earlier(LAB, folder)
    assert (made.SIZE, made.half(6), made.A.half(9)) == (3, 2, 3)
    assert made.math.pi > 3


def test_nothing_else_is_run(write, capsys):
    folder = write("print('loud')", "raise ValueError", "SEEN = []\nSEEN.append(1)", "TWICE = 2 * len('ab')", "def f():\n    return SEEN")  # fmt: skip
    made = earlier(LAB, folder)
    assert capsys.readouterr().out == ""
    assert made.f() == []
    assert not hasattr(made, "TWICE")


def test_the_last_of_a_name_counts(write):
    assert earlier(LAB, write("def f():\n    return 1", "def f():\n    return 2")).f() == 2


def test_what_is_not_written_says_so_when_it_is_used(write):
    made = earlier(LAB, write("def f():\n    raise NotImplementedError('f is missing')"))
    with pytest.raises(NotImplementedError, match="f is missing"):
        made.f()


def test_cells_that_cannot_be_made_are_left_out(write):
    folder = write("%matplotlib inline", "def broken(:", "import no_such_package", "class A(Missing):\n    pass", "def f():\n    return 4")  # fmt: skip
    made = earlier(LAB, folder)
    assert made.f() == 4
    assert not hasattr(made, "A")


def test_what_is_not_there(write, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no lab08_t5/lab08_t5"):
        earlier(LAB, tmp_path)
    with pytest.raises(ValueError, match="chapter"):
        earlier("lab77", tmp_path)
    folder = write()
    (folder / LAB / f"{LAB}.ipynb").write_text("no notebook")
    with pytest.raises(ValueError, match="cannot be read as a notebook"):
        earlier(LAB, folder)


@pytest.mark.parametrize("folder", ["labs", "solutions"])
def test_the_labs_of_the_course(folder):
    assert earlier(LAB, ROOT / folder).T5
