"""Judged by what guesses cost and by senses, in a text whose words are drawn for the class."""

from autograder.checks.seeds import SEEDS, require_seeded
from autograder.checks.words import renamed
from course.checks import args, part, require
from course.checks.lab02_elmo.senses import GOAL, WHY_SENSES, judge_probe, material, require_pair
from course.checks.modules import state_of

from . import lab


@lab.check(alone=True)
def train_probe(student):
    given = material(student.seed % 100_000 + 2, rename=lambda sentences: renamed(sentences, student.rng)[0])
    share, said = judge_probe(student, given)
    require(share >= GOAL, WHY_SENSES, n=len(given.asked), share=share, goal=GOAL)
    with part("the seed decides", points=0.5):
        few = given.sentences[:300]
        examples = given.labelled[:20]
        trained = student.many([args(few, given.vocabulary, examples, steps=4, seed=s) for s in SEEDS])
        require_seeded([state_of(require_pair(pair)[0]) for pair in trained], "weights")
    return f"With words drawn for this class: {said[0].lower()}{said[1:]}"
