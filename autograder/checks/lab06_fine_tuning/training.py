"""Judged by reviews that it has not read, in ids drawn for the class: it has to go on from the encoder that it is given."""

from course.checks.lab06_fine_tuning.training import judge_classifier, judge_training, material

from . import lab


@lab.check(alone=True)
def fine_tune(student):
    given = material(student.rng)
    right = judge_classifier(student, given)
    judge_training(student, given)
    return f"With reviews and ids drawn for this class: {right:.0%} of {len(given.test[0])} new reviews are judged right."
