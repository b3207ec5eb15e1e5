"""The hidden check of `best_span`, on drawn logits. Oracle: brute force over all pairs, in float64."""

import math

import torch

from course.checks.lab10_question_answering import best as visible
from course.checks.lab10_question_answering.best import Window, judge_best, parts_of

from . import lab

INF = math.inf


def drawn(rng, n, story, sharp=2.0):
    """A window of drawn logits: [CLS], a question, [SEP], the passage, [SEP], padding."""
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    question = rng.randint(1, max(1, n // 4))
    last = n - 1 - rng.randint(0, n // 5)
    passage = torch.zeros(n, dtype=torch.bool)
    passage[min(question + 2, n - 2) : max(last, question + 3)] = True
    start, end = (torch.randn(n, generator=generator) * sharp for _ in range(2))
    return Window(start, end, passage, rng.randint(1, 12), story, told=False)


def with_peaks(case, starts, ends, story, longest=None):
    """The same with large logits at some places. starts, ends: dicts place -> logit."""
    start, end = case.start.clone(), case.end.clone()
    for logits, peaks in ((start, starts), (end, ends)):
        for place, value in peaks.items():
            logits[place] = value
    return Window(start, end, case.passage, longest or case.longest, story, told=False)


def inside(case):
    return [i for i, good in enumerate(case.passage.tolist()) if good]


@lab.check(alone=True)
def best_span(student):
    rng = student.rng
    plain, long, outside, edge = [], [], [], []
    for _ in range(10):
        plain.append(drawn(rng, rng.randint(8, 40), "Drawn logits"))
        case = drawn(rng, rng.randint(24, 40), "", sharp=1.0)
        places = inside(case)
        a, b = places[1], places[-2]
        plain.append(with_peaks(case, {b: 9.0}, {a: 9.0}, "The likeliest end stands before the likeliest start"))  # fmt: skip
        n = rng.randint(2, 5)
        far = {a: 8.0}
        long.append(with_peaks(case, far, {a + n: 9.0, a + n - 1: 7.0}, "The likeliest end is one token too far", longest=n))  # fmt: skip
        long.append(with_peaks(case, far, {a + n - 1: 9.0, a + n - 2: 7.0}, "A span of just `longest` tokens", longest=n))  # fmt: skip
        long.append(with_peaks(case, far, {b: 9.0}, "The likeliest end is far too far", longest=n))
        before, behind = places[0] - 1, places[-1] + 1
        outside.append(with_peaks(case, {0: 12.0, 1: 10.0}, {0: 12.0, 2: 10.0}, "The question is likelier than the passage"))  # fmt: skip
        outside.append(with_peaks(case, {before: 12.0, a: 5.0}, {a: 6.0}, "The likeliest start stands just before the passage"))  # fmt: skip
        outside.append(with_peaks(case, {places[-1]: 6.0}, {behind: 12.0}, "The likeliest end stands just behind the passage"))  # fmt: skip
        low = torch.full_like(case.start, -12.0)
        low[0] = 12.0
        edge.append(Window(low + case.start, low + case.end, case.passage, case.longest, "Spans that are all very unlikely", told=False))  # fmt: skip
        hidden = case.passage | (torch.arange(len(case.start)) == 0)
        edge.append(Window(case.start.masked_fill(~hidden, -INF), case.end.masked_fill(~hidden, -INF), case.passage, case.longest, "Places of minus infinity", told=False))  # fmt: skip
        # whole numbers: equal products are equal in any precision
        few = torch.Generator().manual_seed(rng.randrange(2**31))
        start, end = (torch.randint(0, 2, case.start.shape, generator=few).float() for _ in range(2))
        edge.append(Window(start, end, case.passage, case.longest, "Many spans that are equally likely", told=False))  # fmt: skip
    edge.append(Window(torch.zeros(9), torch.zeros(9), torch.zeros(9, dtype=torch.bool), 3, "No token of the passage", told=False))  # fmt: skip
    only = torch.zeros(9, dtype=torch.bool)
    only[6] = True
    edge.append(Window(torch.zeros(9), torch.zeros(9), only, 3, "One token of the passage", told=False))
    long.append(drawn(rng, 128, "A long window"))
    parts = parts_of(visible.LONG + long, visible.OUTSIDE + outside, visible.EDGE + edge)
    judge_best(student.using(finite=False), visible.PLAIN + plain, parts)
