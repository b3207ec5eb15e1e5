"""Every filed answer gets what it must, in this process and in another, with the same verdict."""

import importlib
from pathlib import Path

import pytest

from course.chapters import ready
from course.checks.student import CALL_LIMIT
from tests.answers import variants

HERE = Path(__file__).parent / "answers"
LABS = {chapter.lab: importlib.import_module(f"course.checks.{chapter.lab}").lab for chapter in ready()}
EXERCISES = [(lab, name) for lab in LABS for name in LABS[lab].exercises]
CASES = [
    pytest.param(
        lab, exercise, v, marks=pytest.mark.slow if LABS[lab].exercises[exercise].limit > CALL_LIMIT else ()
    )
    for lab, exercise in EXERCISES
    for v in variants(lab, exercise).values()
]


def messages(verdict):
    return "\n".join([verdict.message, *(p.message for p in verdict.parts)])


@pytest.mark.parametrize(("lab", "exercise", "variant"), CASES, ids=lambda x: getattr(x, "name", x))
def test_answer(lab, exercise, variant, hidden_lab, fork_server):
    """Judged from another process; and, but for what trains a model, in this one too, with the same verdict."""
    checks = hidden_lab(lab)
    pipe = fork_server.pipe(lab, exercise, variant.name)
    try:
        found = [checks.run(exercise, pipe)]
    finally:
        pipe.close()
    if checks.exercises[exercise].limit <= CALL_LIMIT:
        answer = variant.make()
        answer.__name__ = exercise
        found.append(checks.check_cell(answer))
        here, there = found
        assert (here.kind, here.points) == (there.kind, there.points), (str(here), str(there))
    for verdict in found:
        if variant.fragment is None:
            assert (verdict.kind, verdict.points) == ("correct", verdict.max_points), str(verdict)
        else:
            assert verdict.points < verdict.max_points, str(verdict)
            assert variant.fragment in messages(verdict), str(verdict)
            assert variant.earns in (None, verdict.points), str(verdict)


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_enough_answers_are_filed(lab, exercise):
    filed = variants(lab, exercise).values()
    assert sum(v.fragment is None for v in filed) >= 2
    assert sum(v.fragment is not None for v in filed) >= 3
    names = {v.name for v in filed}
    assert {"constant", "hard_coded_examples"} <= names, "the cheap answers are filed for every exercise"
    assert all(v.earns == 0 for v in filed if v.name in ("identity", "constant", "hard_coded_examples"))
    assert (HERE / lab / f"{exercise}.py").exists()
