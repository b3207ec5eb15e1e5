"""Judged by what guesses cost, in a text whose words are drawn for the class."""

import torch

from autograder.checks.words import renamed
from course.checks import args, part, require
from course.checks.lab04_gpt.training import judge_gpt, material, require_model
from course.checks.modules import state_of

from . import lab


@lab.check()
def train_gpt(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    perplexity = judge_gpt(student, given)
    with part("the seed decides", points=0.5):
        few = given.sentences[:300]
        trained = student.many([args(few, given.vocabulary, steps=25, seed=s) for s in (3, 3, 4)])
        one, again, other = (
            torch.cat([t.flatten() for t in state_of(require_model(model)).values()]) for model in trained
        )
        require(one.shape == again.shape == other.shape, "The number of weights changes from call to call.")
        noise, change = ((one - x).norm() / one.norm().clamp(min=1e-9) for x in (again, other))
        # Two threads add in another order each time, and Adam makes more of it: hence not to the last digit.
        require(
            noise < 0.01,
            "The same seed twice gives another model: draw the first weights and every batch from the seed.",
        )
        require(change > 0.05, "Two seeds give the same model: nothing in the training depends on the seed.")
    return f"With words drawn for this class: a perplexity of {perplexity:.1f}."
