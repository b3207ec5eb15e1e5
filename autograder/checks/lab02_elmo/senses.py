"""Judged by what guesses cost and by senses, in a text whose words are drawn for the class."""

import torch

from autograder.checks.words import renamed
from course.checks import args, part, require
from course.checks.lab02_elmo.senses import GOAL, WHY_SENSES, judge_probe, material, require_pair

from . import lab


@lab.check()
def train_probe(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    share, said = judge_probe(student, given)
    require(share >= GOAL, WHY_SENSES, n=len(given.asked), share=share, goal=GOAL)
    with part("the seed decides", points=0.5):
        few = given.sentences[:300]
        trained = student.many(
            [args(few, given.vocabulary, given.labelled[:20], steps=4, seed=s) for s in (3, 3, 4)]
        )
        one, again, other = (
            torch.cat([t.flatten() for t in require_pair(pair)[0].state_dict().values()]) for pair in trained
        )
        require(one.shape == again.shape == other.shape, "The number of weights changes from call to call.")
        noise, change = ((one - x).norm() / one.norm().clamp(min=1e-9) for x in (again, other))
        # Two threads add in another order each time, and Adam makes more of it: hence not to the last digit.
        require(
            noise < 0.01,
            "The same seed twice gives another BiLM: draw the first weights and every batch from the seed.",
        )
        require(change > 0.05, "Two seeds give the same BiLM: nothing in the training depends on the seed.")
    return f"With words drawn for this class: {said[0].lower()}{said[1:]}"
