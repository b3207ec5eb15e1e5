"""Judged by what guesses cost, in a text whose words are drawn for the class."""

from autograder.checks.seeds import SEEDS, require_seeded
from autograder.checks.words import renamed
from course.checks import args, part
from course.checks.lab04_gpt.training import judge_gpt, material, require_model
from course.checks.modules import state_of

from . import lab


@lab.check(alone=True)
def train_gpt(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    perplexity = judge_gpt(student, given)
    with part("the seed decides", points=0.5):
        few = given.sentences[:300]
        trained = student.many([args(few, given.vocabulary, steps=25, seed=s) for s in SEEDS])
        require_seeded([state_of(require_model(model)) for model in trained], "weights")
    return f"With words drawn for this class: a perplexity of {perplexity:.1f}."
