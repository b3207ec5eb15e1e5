"""The long suites over every lab, for `make audit`: the verdicts of all filed answers hold for any class secret."""

import pytest
import torch

from course.checks.student import CALL_LIMIT
from tests.answers import variants
from tests.test_answers import EXERCISES, LABS, messages

pytestmark = pytest.mark.audit

SECRETS = 20  # classes whose random cases are tried
TRAININGS = 3  # the same where an answer trains a model


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_verdicts_do_not_depend_on_the_class(lab, exercise, hidden_lab, monkeypatch):
    """A right answer earns everything in every class, a wrong one never does, and is told the same mistake."""
    checks = hidden_lab(lab)
    trains = LABS[lab].exercises[exercise].limit > CALL_LIMIT
    seeds = set()
    for number in range(TRAININGS if trains else SECRETS):
        monkeypatch.setattr(checks, "secret", lambda number=number: bytes([number]) * 32)
        seeds.add(checks.seed_of(exercise))
        for variant in variants(lab, exercise).values():
            answer = variant.make()
            answer.__name__ = exercise
            with torch.enable_grad():  # one of them switches gradients off for good
                verdict = checks.check_cell(answer)
            story = f"class {number}, {variant.name}: {verdict}"
            if variant.fragment is None:
                assert (verdict.kind, verdict.points) == ("correct", verdict.max_points), story
            else:
                assert verdict.points < verdict.max_points, story
                assert variant.fragment in messages(verdict), story
    assert len(seeds) > 1, "every class draws its own cases"
