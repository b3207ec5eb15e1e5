"""The check of `mixing_rates`: sizes whose rates can be worked out in the head, and for each usual mistake the rates that it leads to."""

import math
from dataclasses import dataclass, field

from .. import StudentError, part, require
from ..sentences import describe
from ..usual import ended
from . import lab

INF = math.inf


def rates_of(sizes, cap=INF, temperature=1.0):
    """The rates, by logarithms: task -> float."""
    capped = {task: min(size, cap) for task, size in sizes.items()}
    most = max(capped.values())
    logs = {t: (math.log(n) - math.log(most)) / temperature if n else -INF for t, n in capped.items()}
    total = math.fsum(math.exp(each) for each in logs.values())
    return {task: math.exp(each) / total for task, each in logs.items()}


@dataclass(frozen=True)
class Case:
    """Sizes, and the options that are given. told: whether a rate may be told."""

    sizes: dict
    options: dict = field(default_factory=dict)
    told: bool = True

    @property
    def truth(self):
        return rates_of(self.sizes, **self.options)

    def begin(self):
        """The beginning of a message."""
        options = "".join(f", {name}={'math.inf' if value == INF else value}" for name, value in self.options.items())  # fmt: skip
        return f"mixing_rates({self.sizes}{options})"


def _shares(weights):
    total = sum(weights.values())
    return {task: weight / total for task, weight in weights.items()} if total else weights


def mistakes(case):
    """Pairs (the rates of a usual mistake, a sentence)."""
    sizes, cap, t = case.sizes, case.options.get("cap", INF), case.options.get("temperature", 1.0)
    n, most = len(sizes), max(sizes.values())
    capped = {task: min(size, cap) for task, size in sizes.items()}
    scaled = {task: (size / most) ** (1 / t) if size else 0.0 for task, size in sizes.items()}

    def power(weights, to):
        top = max(weights.values())
        return _shares({task: (weight / top) ** to if weight else 0.0 for task, weight in weights.items()})

    try:
        whole = {task: size ** (1 / t) for task, size in capped.items()}
        late = _shares({task: min(weight, cap) for task, weight in {k: v ** (1 / t) for k, v in sizes.items()}.items()})  # fmt: skip
        over = power(_shares(capped), 1 / t)
    except OverflowError:
        whole = late = over = {}
    exponents = {task: size / t for task, size in capped.items()}
    shift = max(exponents.values())
    return [
        (power(sizes, 1), "These are proportional to the sizes: are `cap` and `temperature` used?"),
        (power(sizes, 1 / t), "Is `cap` used? Of each task no more examples count than that"),
        (power(capped, 1), "Is `temperature` used? A weight is taken to the power of 1 / temperature"),
        (power(capped, t), "The power is 1 / temperature, and not the temperature"),
        (late, "The cap is on the *number of examples*, before the power is taken"),
        (dict.fromkeys(sizes, 1 / n), "Every task has the same rate, whatever its size, the cap and the temperature"),
        (_shares({task: 0.0 if size == 0 and t != INF else weight for (task, size), weight in zip(sizes.items(), {k: (capped[k] / most) ** (1 / t) for k in sizes}.values(), strict=True)}),
         "A task without examples has the rate 0, at any temperature; `0 ** 0` is 1"),
        (whole, "They do not sum to 1: divide each weight by the sum of all"),
        ({task: weight / most for task, weight in capped.items()}, "They do not sum to 1: divide by the sum of all, and not by the largest"),
        ({task: 100 * rate for task, rate in case.truth.items()}, "Those are per cent; rates sum to 1"),
        ({task: weight / sum(sizes.values()) for task, weight in capped.items()}, "You divide by the sum of the sizes *without* the cap, so that they do not sum to 1"),
        (_shares({task: math.exp(each - shift) for task, each in exponents.items()}), "That is a softmax of the sizes; it is a power of them"),
        (_shares({task: math.log1p(size) for task, size in capped.items()}), "That takes logarithms of the sizes; it is a power of them"),
        (_shares({task: 1 / size if size else 0.0 for task, size in capped.items()}), "The larger the task, the smaller its rate: it is the other way round"),
        ({task: scaled[task] if not whole else round(case.truth[task], 2) for task in sizes}, "They are rounded; round where you print"),
        ({task: round(rate, 3) for task, rate in case.truth.items()}, "They are rounded; round where you print"),
        (over, ""),
    ]  # fmt: skip


def _near(a, b):
    return isinstance(a, dict) and a.keys() == b.keys() and all(math.isclose(a[k], b[k], rel_tol=1e-6, abs_tol=1e-9) for k in b)  # fmt: skip


def _numbers(found, case):
    """The rates as floats, once their form is right."""
    require(
        isinstance(found, dict),
        "It returns a dict, task -> rate; yours is {what}.{hint}",
        what=describe(found),
        hint=" Which task has which rate?" if isinstance(found, (list, tuple)) else "",
    )
    require(
        list(found) == list(case.sizes),
        "{begin}: the tasks of the result are {yours}; they are those of `sizes`, all of them and in the same order.",
        begin=case.begin(), yours=", ".join(map(str, found))[:200] or "none",
    )  # fmt: skip
    numbers = {}
    for task, rate in found.items():
        number = rate.item() if hasattr(rate, "item") and getattr(rate, "numel", lambda: 1)() == 1 else rate
        require(
            isinstance(number, (int, float)) and not isinstance(number, bool),
            "{begin}: the rate of {task} is {what}; it is a float.",
            begin=case.begin(), task=task, what=describe(rate),
        )  # fmt: skip
        require(
            abs(number) < 1e9,
            "{begin}: the rate of {task} is {number}.{hint}",
            begin=case.begin(), task=task, number="not finite" if not abs(number) < INF else number,
            hint=" The power is 1 / temperature, and that is 0 here." * (case.options.get("temperature") == INF),
        )  # fmt: skip
        numbers[task] = float(number)
    return numbers


def judge(student, cases):
    """Ask for the rates of each case, and require them. What led to others is what explains all cases together."""
    seen = []
    for case in cases:
        try:
            seen.append(_numbers(student(dict(case.sizes), **case.options), case))
        except StudentError as error:
            if error.verdict != "error":
                raise
            known = (
                " Python's floats end at about 1e308. Rates stay the same when all sizes are divided by one number first." if error.is_a("OverflowError")
                else " Is there a task without examples, or an infinite temperature, that is divided by?" if error.is_a("ZeroDivisionError")
                else " Any temperature above 0 is allowed, also one below 1." if error.is_a("ValueError") and 0 < case.options.get("temperature", 1) < 1
                else ""
            )  # fmt: skip
            require(False, "{begin} fails. {error}{known}", begin=case.begin(), error=str(error), known=known)
    wrong = [(case, found) for case, found in zip(cases, seen, strict=True) if not _near(found, case.truth)]
    if not wrong:
        return
    case, found = wrong[0]
    every = [mistakes(each) for each in cases]
    fits = [
        sentence
        for i, (_, sentence) in enumerate(every[0])
        if all(_near(found, own[i][0]) for own, found in zip(every, seen, strict=True))
    ]
    fits += [sentence for rates, sentence in mistakes(case) if _near(found, rates)]
    total = math.fsum(found.values())
    known = next((sentence for sentence in fits if sentence), "")
    if not known and abs(total - 1) > 1e-6:
        known = f"They sum to {total:.4g}, and rates sum to 1"
    task = next(t for t, rate in case.truth.items() if not math.isclose(found[t], rate, rel_tol=1e-6, abs_tol=1e-9))  # fmt: skip
    require(
        False,
        "{begin}: the rate of {task} is {got:.4g}{want}. {known}",
        begin=case.begin(), task=task, got=found[task], want=f", and should be {case.truth[task]:.4g}" if case.told else ", and that is not its share of all weights",
        known=ended(known or "A weight is min(size, cap) ** (1 / temperature)"),
    )  # fmt: skip


def judge_errors(student, cases):
    """Require a ValueError for each. cases: pairs (sizes, options), and what is wrong with them."""
    for sizes, options, why in cases:
        error = student.error(dict(sizes), **options)
        begin = Case(sizes, options).begin()
        require(error is not None, "{begin} should raise a ValueError: {why}.", begin=begin, why=why)
        require(
            error.is_a("ValueError") or error.verdict != "error",
            "{begin} should raise a ValueError; yours raises {type}.",
            begin=begin, type=error.type or "another error",
        )  # fmt: skip
        require(error.is_a("ValueError"), "{begin} should raise a ValueError; yours does not.", begin=begin)


PLAIN = [
    Case({"a": 60, "b": 30, "c": 10}),
    Case({"small": 100, "large": 900}, {"temperature": 2}),
    Case({"b": 900, "a": 100, "c": 400}, {"cap": 400}),
    Case({"a": 100, "b": 900, "c": 2_500}, {"cap": 1_600, "temperature": 2}),
    Case({"a": 8, "b": 1_000}, {"temperature": 3}),
    Case({"a": 7, "b": 70, "c": 700}, {"temperature": INF}),
    Case({"alone": 5}, {"cap": 2, "temperature": 4}),
]
EDGES = [
    Case({"a": 30, "none": 0, "b": 10}),
    Case({"a": 30, "none": 0, "b": 10}, {"temperature": INF}),
    Case({"none": 0, "a": 30, "b": 10}, {"temperature": 3, "cap": 20}),
    Case({"a": 3, "b": 1}, {"temperature": 0.5}),
    Case({"a": 10**12, "b": 10**12, "c": 5 * 10**11}, {"temperature": 0.01}),
    Case({"a": 10**12, "b": 10**3}, {"temperature": 0.01}),
]
WRONG = [
    ({}, {}, "there is no task"),
    ({"a": 0, "b": 0}, {}, "no task has an example"),
    ({"a": 0, "b": 0}, {"temperature": INF}, "no task has an example"),
    ({"a": 5, "b": 6}, {"cap": 0}, "a cap is above 0"),
    ({"a": 5, "b": 6}, {"cap": -3}, "a cap is above 0"),
    ({"a": 5, "b": 6}, {"temperature": 0}, "a temperature is above 0"),
    ({"a": 5, "b": 6}, {"temperature": -1.0}, "a temperature is above 0"),
]


@lab.check(points=3, returns=(dict, list, tuple), finite=False)
def mixing_rates(student):
    judge(student, PLAIN)
    with part("no examples, and large numbers", points=1):
        judge(student, EDGES)
    with part("what there is no rate for", points=0.5):
        judge_errors(student, WRONG)
