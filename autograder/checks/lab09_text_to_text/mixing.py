"""Hidden checks of `mixing_rates`. Oracle: `decimal` arithmetic of fifty digits, which neither overflows nor loses what is small."""

import decimal
import math

from course.checks import part
from course.checks.lab09_text_to_text.mixing import EDGES, PLAIN, WRONG, Case, judge, judge_errors

from . import lab

NAMES = ("cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "qnli", "rte", "wnli", "a task", "x", "")
CONTEXT = decimal.Context(prec=50, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)


class Exact(Case):
    """A case whose truth comes from decimals."""

    @property
    def truth(self):
        with decimal.localcontext(CONTEXT):
            cap, t = self.options.get("cap", math.inf), self.options.get("temperature", 1.0)
            power = 1 / decimal.Decimal(t) if t != math.inf else decimal.Decimal(0)
            capped = {task: decimal.Decimal(min(size, cap)) for task, size in self.sizes.items()}
            weights = {task: size**power if size else decimal.Decimal(0) for task, size in capped.items()}
            total = sum(weights.values())
            return {task: float(weight / total) for task, weight in weights.items()}


def drawn(rng, **options):
    """A case of drawn tasks and sizes, all of them different."""
    names = rng.sample(NAMES, rng.randint(3, 9))
    sizes = {name: int(10 ** rng.uniform(1, 6)) + i for i, name in enumerate(names)}
    return Exact(sizes, options, told=False)


@lab.check(alone=True)
def mixing_rates(student):
    rng = student.rng
    middle = [10 ** rng.uniform(1.5, 5) for _ in range(4)]
    temperatures = [rng.uniform(1.2, 8) for _ in range(4)]
    cases = [drawn(rng), drawn(rng, temperature=math.inf), drawn(rng, temperature=10.0**7)]
    cases += [drawn(rng, cap=cap) for cap in (int(middle[0]), middle[1], 10**9, 1)]
    cases += [drawn(rng, temperature=t) for t in temperatures]
    cases += [drawn(rng, cap=int(cap), temperature=t) for cap, t in zip(middle, temperatures, strict=True)]
    judge(student, PLAIN + cases)
    with part("no examples, and large numbers", points=1):
        edges = []
        for options in ({}, {"temperature": math.inf}, {"temperature": rng.uniform(1.5, 5), "cap": 50}):
            case = drawn(rng, **options)
            sizes = dict(case.sizes)
            sizes[rng.choice(list(sizes))] = 0
            edges.append(Exact(sizes, options, told=False))
        big = rng.randint(10**12, 9 * 10**12)
        near = {"a": big, "b": big - rng.randint(10**10, 3 * 10**10), "c": rng.randint(1, 9)}
        for t in (0.01, 0.03, rng.uniform(0.2, 0.8)):
            edges.append(Exact(near, {"temperature": t}, told=False))
        judge(student, EDGES + edges)
    with part("what there is no rate for", points=0.5):
        names = rng.sample(NAMES, 4)
        judge_errors(student, [*WRONG, (dict.fromkeys(names, 0), {"cap": 7}, "no task has an example")])
        judge_errors(student, [(dict.fromkeys(names, 3), {name: -rng.uniform(0.1, 9)}, f"a {name} is above 0") for name in ("cap", "temperature")])  # fmt: skip
