"""What a check leaves in a student's process: nothing."""

import gc
import weakref

import pytest
import torch
from torch import nn

from course.checks import require
from course.checks.lab import Lab

lab = Lab("throwaway")


class Weight(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1000))

    def forward(self, x):
        return x * self.weight, x + self.weight


@lab.check(points=1)
def make(student):
    model = student()
    start, end = model(torch.ones(1000))
    require(start.sum() == end.sum(), "They differ.")


@lab.check(points=1)
def made_without_graphs(student):
    model = student()
    with torch.no_grad():
        found = model(torch.ones(1000))
    require(found[0].grad_fn is None, "There is a graph.")
    require(model(torch.ones(1000))[0].grad_fn is not None, "There is no graph.")


@pytest.mark.parametrize("exercise", ["make", "made_without_graphs"])
def test_no_model_outlives_its_check(exercise):
    alive = []

    def build():
        model = Weight()
        alive.append(weakref.ref(model))
        return model

    build.__name__ = exercise
    verdict = lab.check_cell(build)
    assert verdict.kind == ("wrong-answer" if exercise == "make" else "correct"), str(verdict)
    gc.collect()
    assert [model() for model in alive] == [None]
