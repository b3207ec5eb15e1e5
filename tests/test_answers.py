"""Every filed answer gets what it must, in this process and in another, with the same verdict."""

import importlib
from collections import Counter
from pathlib import Path

import pytest
import torch

from course.chapters import ready
from course.checks.student import CALL_LIMIT
from tests.answers import variants

HERE = Path(__file__).parent / "answers"
LABS = {chapter.lab: importlib.import_module(f"course.checks.{chapter.lab}").lab for chapter in ready()}
EXERCISES = [(lab, name) for lab in LABS for name in LABS[lab].exercises]
TRAINING = {e for e in EXERCISES if LABS[e[0]].exercises[e[1]].limit > CALL_LIMIT}
CHEAP = ("identity", "constant", "hard_coded_examples")  # filed for every exercise
CASES = [(*exercise, v) for exercise in EXERCISES for v in variants(*exercise).values()]


def messages(verdict):
    return "\n".join([verdict.message, *(p.message for p in verdict.parts)])


def require_as_declared(verdict, variant):
    """A right answer earns everything; a wrong one loses points, with the message that it names."""
    if variant.fragment is None:
        assert (verdict.kind, verdict.points) == ("correct", verdict.max_points), str(verdict)
    else:
        assert verdict.points < verdict.max_points, str(verdict)
        assert variant.fragment in messages(verdict), str(verdict)
        assert variant.earns in (None, verdict.points), str(verdict)


def name_of(value):
    return getattr(value, "name", value)


judged_here = {}  # by lab, exercise and the answer's name


def judge_here(lab, exercise, variant, checks):
    """The verdict in this process, of which each answer gets one in a run."""
    key = (lab, exercise, variant.name)
    if key not in judged_here:
        answer = variant.make()
        answer.__name__ = exercise
        with torch.enable_grad():  # one of them switches gradients off for good
            judged_here[key] = checks.check_cell(answer)
    return judged_here[key]


def judge_there(lab, exercise, variant, checks, fork_server):
    """The verdict in a process of the answer's own."""
    pipe = fork_server.pipe(lab, exercise, variant.name)
    try:
        return checks.run(exercise, pipe)
    finally:
        pipe.close()


@pytest.mark.parametrize(
    ("lab", "exercise", "variant"), [c for c in CASES if c[:2] not in TRAINING], ids=name_of
)
def test_answer(lab, exercise, variant, hidden_lab):
    """In this process."""
    require_as_declared(judge_here(lab, exercise, variant, hidden_lab(lab)), variant)


WRONG_TRAININGS = 3  # of each exercise in `make test`, beside the cheap ones: each costs about ten seconds


def crossing():
    """All answers. In `make test`: those that cost next to nothing, of each exercise the right ones and one wrong one; where a model is
    trained, of which the process here has not judged any, the first right one and a few wrong ones. The others in `make audit`."""
    met = Counter()
    for lab, exercise, variant in CASES:
        trains, kind = (lab, exercise) in TRAINING, "right" if variant.fragment is None else "wrong"
        cheap = variant.name in CHEAP
        met[lab, exercise, kind] += not cheap
        many = {"right": 1, "wrong": WRONG_TRAININGS} if trains else {"right": len(CASES), "wrong": 1}
        now = trains if cheap else met[lab, exercise, kind] <= many[kind]
        name = "-".join([lab, exercise, variant.name])
        yield pytest.param(
            lab, exercise, variant, id=name, marks=pytest.mark.slow if now else pytest.mark.audit
        )


@pytest.mark.parametrize(("lab", "exercise", "variant"), list(crossing()))
def test_answer_in_another_process(lab, exercise, variant, hidden_lab, fork_server):
    """As the grader judges; and, but for what trains a model, with the verdict that it gets in this process."""
    checks = hidden_lab(lab)
    there = judge_there(lab, exercise, variant, checks, fork_server)
    require_as_declared(there, variant)
    if (lab, exercise) not in TRAINING:
        here = judge_here(lab, exercise, variant, checks)
        assert (here.kind, here.points) == (there.kind, there.points), (str(here), str(there))


def trained():
    """The right answers that train: the first of each exercise in `make test`, the others in `make audit`."""
    for lab, exercise in sorted(TRAINING):
        right = [v for v in variants(lab, exercise).values() if v.fragment is None]
        for i, variant in enumerate(right):
            mark = pytest.mark.audit if i else pytest.mark.slow
            yield pytest.param(lab, exercise, variant, id="-".join([lab, exercise, variant.name]), marks=mark)


@pytest.mark.parametrize(("lab", "exercise", "variant"), list(trained()))
def test_the_visible_check_of_a_training_too(lab, exercise, variant, hidden_lab, fork_server):
    """The hidden one stands in its place, and does not run it."""
    hidden = hidden_lab(lab)
    assert hidden.exercises[exercise].alone
    require_as_declared(judge_there(lab, exercise, variant, LABS[lab], fork_server), variant)


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_enough_answers_are_filed(lab, exercise):
    filed = variants(lab, exercise).values()
    assert sum(v.fragment is None for v in filed) >= 2
    assert sum(v.fragment is not None for v in filed) >= 3
    names = {v.name for v in filed}
    assert {"constant", "hard_coded_examples"} <= names, "the cheap answers are filed for every exercise"
    assert all(v.earns == 0 for v in filed if v.name in CHEAP)
    assert (HERE / lab / f"{exercise}.py").exists()
