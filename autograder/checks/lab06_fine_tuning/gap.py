"""Oracle: the diary of stand-ins, whose models' shares of right answers are decided beforehand."""

from course.checks import part
from course.checks.lab06_fine_tuning.gap import case_of, judge_gap

from . import lab


@lab.check()
def pretraining_gap(student):
    rng = student.rng
    examples = rng.randint(70, 120)
    for classes, sizes, seeds in ((2, 3, 2), (4, 1, 4), (3, 2, 3)):
        drawn = [rng.sample(range(6, examples // 2), sizes), rng.sample(range(1, 1_000), seeds)]
        judge_gap(student, case_of(rng.randrange(2**31), examples, rng.randint(101, 180), *drawn, classes))
    with part("all the examples there are", points=0.5):
        judge_gap(student, case_of(rng.randrange(2**31), 33, rng.randint(60, 80), [33], [rng.randint(0, 9)]))
