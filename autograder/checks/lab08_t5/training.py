"""Judged by the hidden tokens that a model names, in a text whose words are drawn for the class."""

from autograder.checks.words import renamed
from course.checks.lab08_t5.training import judge_arguments, judge_t5, material

from . import lab


@lab.check(alone=True)
def train_t5(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    right, ends = judge_t5(student, given)
    judge_arguments(student, given, ends)
    return f"With words drawn for this class: {right:.0%} of the hidden tokens are named."
