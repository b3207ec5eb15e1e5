"""The hidden check of `no_answer_score`, on drawn windows. Oracle: brute force over all pairs of all windows."""

import torch

from course.checks.lab10_question_answering import nothing as visible
from course.checks.lab10_question_answering.best import Window
from course.checks.lab10_question_answering.nothing import Asked, judge_nothing, parts_of

from . import lab
from .best import drawn, inside, with_peaks


def with_longest(case, longest):
    return Window(case.start, case.end, case.passage, longest, case.story, told=False)


@lab.check(alone=True)
def no_answer_score(student):
    rng = student.rng
    single, more, spans = [], [], []
    for _ in range(8):
        longest = rng.randint(2, 9)
        windows = [with_longest(drawn(rng, rng.randint(16, 30), ""), longest) for _ in range(rng.randint(2, 4))]  # fmt: skip
        single.append(Asked((windows[0],), "One window of drawn logits", told=False))
        more.append(Asked(tuple(windows), "Several windows of drawn logits", told=False))
        # the best span, the lowest and the highest score of no answer each in a window of its own, in any order
        peaked = []
        for start, end, low in ((9.0, 8.0, 1.0), (2.0, 1.0, -7.0), (1.0, 1.0, 6.0)):
            case = with_longest(drawn(rng, rng.randint(16, 30), "", sharp=0.5), longest)
            place = inside(case)[rng.randrange(len(inside(case)))]
            peaked.append(
                with_peaks(case, {place: start, 0: low}, {place: end, 0: low + 1}, "", longest=longest)
            )
        rng.shuffle(peaked)
        more.append(Asked(tuple(peaked), "The best span and the lowest score of no answer in different windows", told=False))  # fmt: skip
        case = with_longest(drawn(rng, rng.randint(28, 34), "", sharp=0.5), longest)
        places = inside(case)
        spans.append(Asked((with_peaks(case, {places[-1]: 9.0}, {places[0]: 9.0}, "", longest=longest),), "The likeliest end stands before the likeliest start", told=False))  # fmt: skip
        spans.append(Asked((with_peaks(case, {places[0]: 9.0}, {places[0] + longest: 9.0}, "", longest=longest),), "The likeliest span is one token too long", told=False))  # fmt: skip
        spans.append(Asked((with_peaks(case, {1: 15.0}, {2: 15.0, 0: -3.0}, "", longest=longest), windows[0]), "The question is likelier than the passage", told=False))  # fmt: skip
        empty = Window(case.start + 5, case.end + 5, torch.zeros_like(case.passage), longest, "", told=False)
        spans.append(Asked((windows[0], empty), "A window without any token of the passage beside another", told=False))  # fmt: skip
        spans.append(Asked((empty, empty), "No window has a token of the passage", told=False))
    parts = parts_of(visible.MORE + more, visible.SPANS + spans)
    judge_nothing(student.using(finite=False), visible.ONE + single, parts)
