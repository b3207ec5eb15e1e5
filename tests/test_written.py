"""Cells that wait for an exercise say so; what is wrong in a student's own function is still told."""

import pytest

from course.checks import when_written


def run(source, name="a cell", **known):
    exec(compile(source, name, "exec"), known)


def test_an_exercise_that_is_not_written(capsys):
    with when_written():
        raise NotImplementedError
    assert "when the exercises that it uses are written" in capsys.readouterr().out


@pytest.mark.parametrize("line", ["print(reader)", "found = [reader(row) for row in range(3)]", "def use():\n        reader\n    use()"])  # fmt: skip
def test_what_a_cell_above_has_not_made(line, capsys):
    run(f"with when_written():\n    {line}", when_written=when_written)
    assert "when a cell above has made `reader`" in capsys.readouterr().out


def test_a_misspelt_name_in_an_answer_is_told():
    known = {}
    exec(compile("def answer():\n    return misspelt", "another cell", "exec"), known)
    with pytest.raises(NameError, match="misspelt"):
        run("with when_written():\n    answer()", when_written=when_written, answer=known["answer"])


def test_any_other_error_is_told():
    with pytest.raises(ValueError, match="wrong"), when_written():
        raise ValueError("wrong")
