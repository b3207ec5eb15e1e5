"""The oracle of `entity_f1` counts as seqeval does in its strict mode, and so do the numbers of the visible check."""

import random

import pytest
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2

from autograder.checks.lab06_fine_tuning import entities
from course.checks.lab06_fine_tuning import entities as visible

ROWS = 6_000


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_the_oracle_counts_as_seqeval_does():
    rng = random.Random(0)
    rows, found = 0, set()
    while rows < ROWS:
        kinds = entities.KINDS[: rng.randint(1, 4)]
        true = [entities.tags(rng, rng.randint(1, 12), kinds) for _ in range(rng.randint(1, 5))]
        predicted = [entities.guess(rng, row, kinds) for row in true]
        rows += len(true)
        f1 = float(entities.oracle(predicted, true))
        found.add(f1)
        assert f1 == pytest.approx(seqeval(predicted, true)), (predicted, true)
    assert len(found) > 100


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_the_numbers_of_the_visible_check(monkeypatch):
    met = []

    def note(student, predicted, true, f1, *rest, **named):
        met.append((visible.rows_of(predicted), visible.rows_of(true), f1))

    monkeypatch.setattr(visible, "require_f1", note)
    monkeypatch.setattr(visible, "require_refused", lambda student: None)
    visible.entity_f1(None)
    assert len(met) > 15
    for predicted, true, f1 in met:
        assert f1 == pytest.approx(float(entities.oracle(predicted, true))), (predicted, true)
        assert not true or f1 == pytest.approx(seqeval(predicted, true)), (predicted, true)


def seqeval(predicted, true):
    return f1_score(true, predicted, mode="strict", scheme=IOB2, zero_division=0)
