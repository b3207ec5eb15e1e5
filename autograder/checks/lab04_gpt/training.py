"""Judged by what guesses cost, in a text whose words are drawn for the class."""

from autograder.checks.words import renamed
from course.checks.lab04_gpt.training import judge_gpt, judge_training, material

from . import lab


@lab.check(alone=True)
def train_gpt(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    perplexity = judge_gpt(student, given)
    judge_training(student, given)
    return f"With words drawn for this class: a perplexity of {perplexity:.1f}."
