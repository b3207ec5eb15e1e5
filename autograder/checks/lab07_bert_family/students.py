"""Oracle: transformers' own encoders, made with as many layers as are kept and loaded with the weights that belong there."""

import torch

from course.checks import part
from course.checks.lab07_bert_family.students import (
    drawn_teacher,
    judge,
    require_configurations,
    require_its_own,
)

from . import lab

KINDS = ("Bert", "Roberta", "Electra")


@lab.check(alone=True)
def initialise_student(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng

    def drawn(kind, n):
        sizes = {"vocab_size": rng.randint(11, 20), "intermediate_size": rng.randint(5, 9)}
        return drawn_teacher(kind, n, generator, **sizes)

    def some(teacher):
        return rng.sample(range(teacher.n), rng.randint(2, teacher.n - 1))

    bert, *others = (drawn(kind, n) for kind, n in zip(KINDS, (5, rng.choice((4, 6)), 5), strict=True))
    student.using(limit=60).build(bert.helper)  # at the far end transformers is imported now
    for teacher in (bert, *others, drawn(rng.choice(KINDS), rng.randint(1, 2))):
        judge(student, teacher)
    with part("layers that are named", points=0.5):
        judge(student, bert, [3, rng.randint(1, 2), 0])
        judge(student, others[0], keep=some(others[0]))
        judge(student, others[1], keep=[rng.randint(1, 3)])
        judge(student, bert, keep=list(range(bert.n)))
    with part("the student is its own", points=0.5):
        require_its_own(student, bert)
        require_its_own(student, others[1])
    with part("both configurations", points=0.5):
        require_configurations(student, bert)
        require_configurations(student, others[0])
