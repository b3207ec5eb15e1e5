import math

import numpy as np
import torch

from tests.answers import right, wrong

INF = math.inf


def refuse(sizes, cap, temperature):
    if not any(sizes.values()):
        raise ValueError("no examples")
    if not cap > 0 or not temperature > 0:
        raise ValueError("both are above 0")


def capped(sizes, cap):
    return {task: min(size, cap) for task, size in sizes.items()}


def weight(size, most, temperature):
    return (size / most) ** (1 / temperature) if size else 0.0


def share(weights):
    total = sum(weights.values())
    return {task: each / total for task, each in weights.items()}


def function(refuse=refuse, capped=capped, weight=weight, share=share):
    """The solution, in steps that an answer replaces by its mistake."""

    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        counted = capped(sizes, cap)
        most = max(counted.values())
        return share({task: weight(size, most, temperature) for task, size in counted.items()})

    return mixing_rates


@right
def the_parts_of_this_file():
    return function()


@right
def by_logarithms():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        if temperature <= 0 or cap <= 0:
            raise ValueError(f"{cap}, {temperature}")
        logs = {t: math.log(min(n, cap)) / temperature for t, n in sizes.items() if n > 0}
        if not logs:
            raise ValueError("nothing to mix")
        top = max(logs.values())
        total = math.fsum(math.exp(v - top) for v in logs.values())
        return {t: math.exp(logs[t] - top) / total if t in logs else 0.0 for t in sizes}

    return mixing_rates


@right
def with_numpy():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        n = np.array(list(sizes.values()), dtype=float)
        if not len(n) or n.max() == 0 or cap <= 0 or temperature <= 0:
            raise ValueError("no rates")
        n = np.minimum(n, cap)
        weights = np.where(n > 0, (n / n.max()) ** (1 / temperature), 0)
        return dict(zip(sizes, weights / weights.sum(), strict=True))

    return mixing_rates


@right
def with_torch():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        if not any(sizes.values()) or min(cap, temperature) <= 0:
            raise ValueError
        n = torch.tensor([min(float(s), cap) for s in sizes.values()], dtype=torch.float64)
        rates = (n.log() / temperature).masked_fill(n == 0, -INF).softmax(0)
        return {task: rate.item() for task, rate in zip(sizes, rates, strict=True)}

    return mixing_rates


@right
def in_a_loop():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        total = 0
        for task in sizes:
            total += sizes[task]
        if total == 0:
            raise ValueError("empty")
        if cap <= 0:
            raise ValueError("cap")
        if temperature <= 0:
            raise ValueError("temperature")
        most = max(min(size, cap) for size in sizes.values())
        weights = {}
        for task, size in sizes.items():
            weights[task] = 0.0 if size == 0 else pow(min(size, cap) / most, 1 / temperature)
        whole = sum(weights.values())
        for task in weights:
            weights[task] /= whole
        return weights

    return mixing_rates


# --- the formula -------------------------------------------------------------------------------------------------------
@wrong("Is `cap` used?", earns=0)
def no_cap():
    return function(capped=lambda sizes, cap: sizes)


@wrong("Is `temperature` used?", earns=0)
def no_temperature():
    return function(weight=lambda size, most, t: size / most)


@wrong("are `cap` and `temperature` used?", earns=0)
def neither():
    return function(capped=lambda sizes, cap: sizes, weight=lambda size, most, t: size / most)


@wrong("and not the temperature", earns=0)
def the_temperature_itself():
    return function(weight=lambda size, most, t: (size / most) ** t)


@wrong("before the power is taken", earns=0)
def the_cap_behind_the_power():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        return share({t: min(n ** (1 / temperature), cap) if n else 0.0 for t, n in sizes.items()})

    return mixing_rates


@wrong("Every task has the same rate", earns=0)
def always_equal():
    return function(weight=lambda size, most, t: 1.0)


@wrong("divide each weight by the sum of all", earns=0)
def not_divided():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        return {t: min(n, cap) ** (1 / temperature) if n else 0.0 for t, n in sizes.items()}

    return mixing_rates


@wrong("and not by the largest", earns=0)
def divided_by_the_largest():
    return function(share=dict)


@wrong("*without* the cap", earns=0)
def divided_by_all_examples():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        total = sum(n ** (1 / temperature) if n else 0 for n in sizes.values())
        return {t: min(n, cap) ** (1 / temperature) / total if n else 0.0 for t, n in sizes.items()}

    return mixing_rates


@wrong("Those are per cent", earns=0)
def per_cent():
    return function(share=lambda weights: {t: 100 * rate for t, rate in share(weights).items()})


@wrong("That is a softmax of the sizes", earns=0)
def a_softmax():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        n = torch.tensor([min(float(s), cap) for s in sizes.values()], dtype=torch.float64)
        return dict(zip(sizes, (n / temperature).softmax(0).tolist(), strict=True))

    return mixing_rates


@wrong("That takes logarithms of the sizes", earns=0)
def logarithms():
    return function(weight=lambda size, most, t: math.log1p(size))


@wrong("it is the other way round", earns=0)
def turned_round():
    return function(weight=lambda size, most, t: 1 / size if size else 0.0)


@wrong("They are rounded", earns=0)
def rounded():
    return function(share=lambda weights: {t: round(rate, 3) for t, rate in share(weights).items()})


@wrong("They are rounded", earns=0)
def rounded_to_two():
    return function(share=lambda weights: {t: round(rate, 2) for t, rate in share(weights).items()})


@wrong("A weight is min(size, cap) ** (1 / temperature)", earns=0)
def the_power_of_the_whole():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        rates = function()(sizes, cap, 1.0)
        return share({t: rate / temperature + 0.01 * (temperature != 1) for t, rate in rates.items()})

    return mixing_rates


@wrong("the rate of", earns=0)
def the_cap_as_a_total():
    def capped(sizes, cap):
        total = sum(sizes.values())
        return {t: n * min(1, cap / total) if n > cap / 2 else n for t, n in sizes.items()}

    return function(capped=capped)


@wrong("the rate of", earns=0)
def whole_division():
    return function(weight=lambda size, most, t: size // most)


@wrong("Is there a task without examples", earns=0)
def left_out_where_above_the_cap():
    return function(capped=lambda sizes, cap: {t: n if n <= cap else 0 for t, n in sizes.items()})


@wrong("the rate of", earns=0)
def at_least_the_cap():
    return function(capped=lambda sizes, cap: {t: max(n, cap) if cap < INF else n for t, n in sizes.items()})


# --- edges -------------------------------------------------------------------------------------------------------------
@wrong("`0 ** 0` is 1", earns=2)
def empty_tasks_at_infinity():
    return function(weight=lambda size, most, t: (size / most) ** (1 / t))


@wrong("the tasks of the result are", earns=2)
def without_empty_tasks():
    return function(capped=lambda sizes, cap: {t: min(n, cap) for t, n in sizes.items() if n})


@wrong("end at about 1e308", earns=2)
def too_large_a_power():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        return share({t: min(n, cap) ** (1 / temperature) if n else 0.0 for t, n in sizes.items()})

    return mixing_rates


@wrong("not finite", earns=2)
def not_a_number():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        with np.errstate(all="ignore"):
            n = np.minimum(np.array(list(sizes.values()), dtype=float), cap)
            weights = np.where(n > 0, n ** (1 / temperature), 0)
            return dict(zip(sizes, (weights / weights.sum()).tolist(), strict=True))

    return mixing_rates


@wrong("the rate of", earns=0)
def infinity_is_forgotten():
    def weight(size, most, t):
        return size / most if t == INF else (size / most) ** (1 / t) if size else 0.0

    return function(weight=weight)


@wrong("the rate of", earns=2)
def in_float32():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        refuse(sizes, cap, temperature)
        n = torch.tensor([min(float(s), cap) for s in sizes.values()], dtype=torch.float64)
        weights = ((n / n.max()).float() ** (1 / temperature)).masked_fill(n == 0, 0)
        weights = torch.where(torch.tensor(temperature < 0.1), (n / n.max()).round(decimals=1) ** (1 / temperature), weights.double())  # fmt: skip
        return dict(zip(sizes, (weights / weights.sum()).tolist(), strict=True))

    return mixing_rates


# --- what there is no rate for -----------------------------------------------------------------------------------------
@wrong("should raise a ValueError", earns=2.5)
def nothing_is_refused():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        try:
            return function()(sizes, cap, temperature)
        except ValueError:
            return dict.fromkeys(sizes, 0.0)

    return mixing_rates


@wrong("yours raises ZeroDivisionError", earns=2.5)
def divided_by_nothing():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        if sizes and not any(sizes.values()):
            return {t: 1 / 0 for t in sizes}
        return function()(sizes, cap, temperature)

    return mixing_rates


@wrong("a cap is above 0", earns=1.5)
def any_cap():
    def refuse(sizes, cap, temperature):
        if not any(sizes.values()) or not temperature > 0:
            raise ValueError

    def weight(size, most, t):
        return abs((size / most) ** (1 / t)) if size and most else 1.0

    return function(refuse=refuse, weight=weight)


@wrong("a temperature is above 0", earns=1.5)
def any_temperature():
    def refuse(sizes, cap, temperature):
        if not any(sizes.values()) or not cap > 0:
            raise ValueError

    def weight(size, most, t):
        return (size / most) ** (1 / t) if size and t else 0.5

    return function(refuse=refuse, weight=weight)


@wrong("yours raises AssertionError", earns=2.5)
def assertions():
    def refuse(sizes, cap, temperature):
        assert any(sizes.values()) and cap > 0 and temperature > 0

    return function(refuse=refuse)


# --- the form ----------------------------------------------------------------------------------------------------------
@wrong("Which task has which rate?", earns=0)
def a_list():
    return function(share=lambda weights: list(share(weights).values()))


@wrong("in the same order", earns=0)
def in_order_of_size():
    return function(share=lambda w: dict(sorted(share(w).items(), key=lambda item: -item[1])))


@wrong("in the same order", earns=0)
def in_order_of_names():
    return function(share=lambda weights: dict(sorted(share(weights).items())))


@wrong("it is a float", earns=0)
def rates_as_texts():
    return function(share=lambda weights: {t: f"{rate:.1%}" for t, rate in share(weights).items()})


@wrong("changed its argument `sizes` in place", earns=0)
def in_place():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        rates = function()(sizes, cap, temperature)
        sizes.update(rates)
        return sizes

    return mixing_rates


@wrong("unexpected keyword argument", earns=0)
def no_options():
    def mixing_rates(sizes):
        return function()(sizes)

    return mixing_rates


@wrong("Put `return` where `print` is", earns=0)
def prints_only():
    def mixing_rates(sizes, cap=INF, temperature=1.0):
        print(function()(sizes, cap, temperature))

    return mixing_rates


@wrong("the rate of", earns=0)
def identity():
    return lambda sizes, cap=INF, temperature=1.0: dict(sizes)


@wrong("in the same order", earns=0)
def constant():
    return lambda sizes, cap=INF, temperature=1.0: {"a": 0.6, "b": 0.3, "c": 0.1}


@wrong("and that is not its share of all weights", earns=0)
def hard_coded_examples():
    from course.checks.lab09_text_to_text.mixing import EDGES, PLAIN

    known = [(case.sizes, case.options, case.truth) for case in PLAIN + EDGES]

    def mixing_rates(sizes, **options):
        for its_sizes, its_options, truth in known:
            if (its_sizes, its_options) == (sizes, options):
                return truth
        return dict.fromkeys(sizes, 1 / len(sizes))

    return mixing_rates
