"""Judged by what guesses cost and by senses, in a text whose words are drawn for the class."""

from autograder.checks.words import renamed
from course.checks import require
from course.checks.lab02_elmo.senses import GOAL, WHY_SENSES, judge_probe, judge_seed_of_reader, material

from . import lab


@lab.check(alone=True)
def train_probe(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    share, said = judge_probe(student, given)
    require(share >= GOAL, WHY_SENSES, n=len(given.asked), share=share, goal=GOAL)
    judge_seed_of_reader(student, given)
    return f"With words drawn for this class: {said[0].lower()}{said[1:]}"
