"""What a student's function may give back by mistake: whatever it is, a check says so, and neither fails itself nor gives a point."""

import importlib
import math

import numpy as np
import pytest
import torch

from tests.test_answers import EXERCISES


class Lies(float):
    """A number that a conversion changes."""

    def __float__(self):
        return 1.0


class Anything:
    """A class that can be made of everything, and has every method."""

    def __init__(self, *given, **named):
        pass

    def __getattr__(self, name):
        return lambda *given, **named: 3


VALUES = {
    "nothing": None, "zero": 0, "true": True, "nan": math.nan, "huge": 10**400, "complex": 1j, "lies": Lies(3), "text": "x", "bytes": b"x",
    "list": [1, 2], "empty": [], "mixed": [1, "a", None], "deep": [[[1.0]]], "pairs": [([1], 0.5)], "ints": [(1, 2)], "triple": (1, 2.0, 3), "set": {1},
    "dict": {"a": 1}, "rows": [{"way": "x", "seconds": 1.0}], "matrix": torch.zeros(2, 3), "number": torch.tensor(math.nan),
    "bools": torch.ones(2, dtype=torch.bool), "longs": torch.zeros(3, 4, dtype=torch.long), "infinite": torch.full((2,), math.inf),
    "no numbers": torch.zeros(0, 5), "array": np.zeros(3),
}  # fmt: skip


def odd_answers(exercise):
    """(what it is, an answer that gives it)."""
    answers = {what: (lambda *given, _value=value, **named: _value) for what, value in VALUES.items()}
    answers["its first argument"] = lambda *given, **named: given[0] if given else None
    answers["its last argument"] = lambda *given, **named: given[-1] if given else None
    answers["an iterator"] = lambda *given, **named: iter([1])
    answers["a class"] = type(exercise, (Anything,), {})
    for answer in answers.values():
        answer.__name__ = exercise
    return answers.items()


@pytest.mark.audit
@pytest.mark.parametrize("side", ["course", "autograder"])
@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_values_of_any_kind(lab, exercise, side):
    checks = importlib.import_module(f"{side}.checks.{lab}").lab
    for what, answer in odd_answers(exercise):
        with torch.enable_grad():
            verdict = checks.check_cell(answer)
        assert verdict.kind != "invalid", f"{what}: {verdict}"
        assert not verdict.points, f"{what}: {verdict}"
