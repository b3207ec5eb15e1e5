"""Judged by questions about people whom it has not met, in ids drawn for the class: it has to go on from the encoder that it is given."""

from course.checks.lab10_question_answering.training import JUDGED, judge_reader, judge_training, material

from . import lab


@lab.check(alone=True)
def fine_tune_qa(student):
    given = material(student.rng)
    score = judge_reader(student.using(finite=False), given)
    judge_training(student, given)
    return f"With windows and ids drawn for this class: F1 {score:.1f} on {JUDGED} questions about people whom it has not met."
