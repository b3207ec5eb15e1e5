import math

import numpy as np
import torch

from tests.answers import right, wrong


def made(up, down, late=lambda s, w, t: 0.0):
    """The exercise's function; up: before step `warmup`; down: from there to `total`; late: beyond it."""

    def linear_warmup(step, warmup, total):
        if step < warmup:
            return up(step, warmup, total)
        if step <= total:
            return down(step, warmup, total)
        return late(step, warmup, total)

    return linear_warmup


def rise(s, w, t):
    return s / w


def fall(s, w, t):
    return (t - s) / max(1, t - w)


@right
def as_the_library_does():
    def linear_warmup(current_step, num_warmup_steps, num_training_steps):
        if current_step < num_warmup_steps:
            return float(current_step) / float(max(1, num_warmup_steps))
        left = num_training_steps - current_step
        return max(0.0, float(left) / float(max(1, num_training_steps - num_warmup_steps)))

    return linear_warmup


@right
def the_lower_of_two_lines():
    def linear_warmup(step, warmup, total):
        up = step / warmup if warmup else 1.0
        down = (total - step) / (total - warmup) if total > warmup else float(step < total)
        return max(0.0, min(up, down))

    return linear_warmup


@right
def interpolated_by_numpy():
    def linear_warmup(step, warmup, total):
        if step >= total:
            return np.float64(0)
        places, factors = ([0, warmup, total], [0, 1, 0]) if warmup else ([0, total], [1, 0])
        if warmup == total:
            places, factors = [0, total], [0, 1]
        return np.interp(step, places, factors)

    return linear_warmup


@wrong("The factor is a tensor; a Python float is asked for", earns=0)
def clamped_tensors():
    def linear_warmup(step, warmup, total):
        print("step", step)
        if step < warmup:
            return torch.tensor(step / warmup)
        left = torch.tensor(float(total - step))
        return (left / max(total - warmup, 1)).clamp(0, 1)

    return linear_warmup


@right
def clipped_by_numpy():
    def linear_warmup(step, warmup, total):
        print("step", step)
        if step < warmup:
            return np.float32(step / warmup)
        return float(np.clip((total - step) / max(total - warmup, 1), 0, 1))

    return linear_warmup


@right
def by_cases_and_whole_numbers():
    def linear_warmup(step, warmup, total):
        import fractions

        if step >= total:
            return 0
        if step == warmup:
            return 1
        if step < warmup:
            return float(fractions.Fraction(step, warmup))
        return float(1 - fractions.Fraction(step - warmup, total - warmup))

    return linear_warmup


@right
def a_scheduler_of_the_library():
    def linear_warmup(step, warmup, total):
        from transformers import get_linear_schedule_with_warmup

        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        return get_linear_schedule_with_warmup(optimizer, warmup, total).lr_lambdas[0](step)

    return linear_warmup


@wrong("You count from 1: at step 0 the factor is 0", earns=0)
def counts_from_one():
    return made(lambda s, w, t: (s + 1) / w, fall)


@wrong("as `course.training.fit` does", earns=0)
def as_fit_does():
    return made(lambda s, w, t: (s + 1) / (w + 1), fall)


@wrong("you divide by `warmup` + 1", earns=0)
def one_too_many_on_the_way_up():
    return made(lambda s, w, t: s / (w + 1), fall)


@wrong("Is it `//` that drops what comes after the point?", earns=0)
def whole_numbers_on_the_way_up():
    return made(lambda s, w, t: s // w, fall)


@wrong("`//` drops what comes after the point", earns=0)
def whole_numbers():
    return made(lambda s, w, t: s // w, lambda s, w, t: (t - s) // max(1, t - w))


@wrong("The line down begins at step 0 with you", earns=0)
def falls_from_step_0():
    return made(rise, lambda s, w, t: (t - s) / t)


@wrong("1 is never reached", earns=0)
def the_lower_of_two_lines_that_begin_at_0():
    return lambda step, warmup, total: max(0.0, min(step / max(1, warmup), (total - step) / max(1, total)))


@wrong("You multiply the two lines", earns=0)
def the_product_of_two_lines():
    return made(lambda s, w, t: s / w * (1 - s / t), lambda s, w, t: 1 - s / t)


@wrong("After the warm-up it stays at 1", earns=0)
def stays_at_1():
    return lambda step, warmup, total: min(1.0, step / max(1, warmup))


@wrong("There is no way up: before step `warmup` it is at 1", earns=0)
def no_way_up():
    return made(lambda s, w, t: 1.0, fall)


@wrong("Before step `warmup` it is always 0 with you", earns=0)
def waits():
    return made(lambda s, w, t: 0.0, fall)


@wrong("There is no way up: it falls from step 0 on", earns=0)
def falls_all_along():
    return lambda step, warmup, total: max(0.0, 1 - step / max(1, total))


@wrong("On the way up it falls with you", earns=0)
def upside_down_on_the_way_up():
    return made(lambda s, w, t: 1 - s / w, fall)


@wrong("On the way down it rises with you", earns=0)
def upside_down_on_the_way_down():
    return made(rise, lambda s, w, t: (s - w) / max(1, t - w))


@wrong("That falls as a cosine does", earns=0)
def a_cosine():
    return made(rise, lambda s, w, t: (1 + math.cos(math.pi * (s - w) / max(1, t - w))) / 2)


@wrong("one over a square root", earns=0)
def one_over_a_square_root():
    return lambda step, warmup, total: min(step / max(1, warmup), math.sqrt(warmup / max(1, step)))


@wrong("That falls as an exponential does", earns=0)
def an_exponential():
    return made(rise, lambda s, w, t: math.exp(-(s - w) / max(1, t - w)))


@wrong("it has `total` − `warmup` steps", earns=0)
def divides_by_total_on_the_way_down():
    return made(rise, lambda s, w, t: 1 - (s - w) / t)


@wrong("On the way down you divide by `warmup`", earns=0)
def divides_by_warmup_on_the_way_down():
    return made(rise, lambda s, w, t: (t - s) / max(1, w))


@wrong("On the way up you divide by `total`", earns=0)
def divides_by_total_on_the_way_up():
    return made(lambda s, w, t: s / t, fall)


@wrong("beyond step `warmup` it goes on rising", earns=0)
def no_way_down():
    return lambda step, warmup, total: step / max(1, warmup)


@wrong("You reach 1 one step too early", earns=0)
def one_step_early():
    return made(lambda s, w, t: s / max(1, w - 1), fall)


@wrong("You reach 0 one step too early", earns=0)
def last_step_is_0():
    return made(rise, lambda s, w, t: (t - 1 - s) / max(1, t - w - 1))


@wrong("by one too many: at step `warmup` the factor is 1", earns=0)
def one_too_many_on_the_way_down():
    return made(rise, lambda s, w, t: (t - s) / (t - w + 1))


@wrong("That is in percent", earns=0)
def percent():
    return made(lambda s, w, t: 100 * s / w, lambda s, w, t: 100 * fall(s, w, t))


@wrong("That is a learning rate; the factor alone", earns=0)
def a_learning_rate():
    return made(lambda s, w, t: 1e-3 * s / w, lambda s, w, t: 1e-3 * fall(s, w, t))


@wrong("Here `warmup` is 0, which the statement allows", earns=0)
def no_warmup_divides_by_0():
    def linear_warmup(step, warmup, total):
        return max(0.0, min(step / warmup, (total - step) / max(1, total - warmup)))

    return linear_warmup


@wrong("Here `total` − `warmup` is 0, which the statement allows", earns=0)
def no_way_down_divides_by_0():
    return made(rise, lambda s, w, t: (t - s) / (t - w))


@wrong("Here `warmup` is 0, which the statement allows", earns=0)
def the_lower_of_two_lines_and_no_more():
    return lambda step, warmup, total: max(0.0, min(step / warmup, (total - step) / (total - warmup)))


@wrong("You reach 0 one step too early", earns=0)
def the_last_step_is_total_less_1():
    return lambda step, warmup, total: max(
        0.0, made(rise, lambda s, w, t: (t - 1 - s) / max(1, t - 1 - w))(step, warmup, total)
    )


@wrong("Yours reaches 0 at step 13, and should at step 15: 2 steps too early", earns=0)
def two_steps_early():
    return lambda step, warmup, total: max(
        0.0, made(rise, lambda s, w, t: (t - 2 - s) / max(1, t - 2 - w))(step, warmup, total)
    )


@wrong("Yours is 1 at no step, and should be at step 5", earns=0)
def never_quite_there():
    return lambda step, warmup, total: max(
        0.0, step / (warmup + 1) if step <= warmup else fall(step, warmup, total)
    )


@wrong("At step 0 yours is 0.2, and it begins with 0.", earns=0)
def the_first_step_counts_as_one():
    return made(lambda s, w, t: max(1, s) / w, fall)


@wrong("Yours is 1 at step 4, and should be at step 5: 1 step too early", earns=0)
def one_step_ahead_all_along():
    return lambda step, warmup, total: max(
        0.0, min(1.0, (step + 1) / max(1, warmup), (total - step - 1) / max(1, total - warmup - 2))
    )


@wrong("You take `warmup` for a share of `total`", earns=0)
def warmup_is_a_share():
    def linear_warmup(step, warmup, total):
        first = warmup * total
        return max(0.0, step / first if step < first else (total - step) / max(1, total - first))

    return linear_warmup


@wrong(
    "warmup=5, total=15, step=16: beyond step `total` the factor stays at 0, and yours raises ValueError",
    earns=0,
)
def refuses_steps_beyond():
    def linear_warmup(step, warmup, total):
        if step > total:
            raise ValueError("step")
        return made(rise, fall)(step, warmup, total)

    return linear_warmup


@wrong("It reaches 0 at step 15 and stays there. A learning rate below 0", earns=0)
def falls_below_0():
    return made(rise, fall, fall)


@wrong("It reaches 0 at step 15 and stays there.", earns=0)
def rises_again():
    return made(rise, fall, lambda s, w, t: abs(fall(s, w, t)))


@wrong("without a warm-up it begins at 1", earns=0)
def begins_at_0_without_warmup():
    def linear_warmup(step, warmup, total):
        if step == 0:
            return 0.0
        return made(rise, fall)(step, warmup, total)

    return linear_warmup


@wrong("At step `total` the factor is 0, also when nothing is left", earns=0)
def ends_at_1():
    def linear_warmup(step, warmup, total):
        if step <= warmup:
            return step / warmup if warmup else 1.0
        return made(rise, fall)(step, warmup, total)

    return linear_warmup


@wrong("linear_warmup should return a number; yours returned a list", earns=0)
def the_whole_curve():
    return lambda step, warmup, total: [made(rise, fall)(s, warmup, total) for s in range(total)]


@wrong("Is the `return` line missing", earns=0)
def returns_nothing():
    return lambda step, warmup, total: None


@wrong("prints its result", earns=0)
def prints():
    return lambda step, warmup, total: print(made(rise, fall)(step, warmup, total))


@wrong("linear_warmup returned nan", earns=0)
def not_a_number():
    return lambda step, warmup, total: math.nan


@wrong("linear_warmup cannot be called as the statement says", earns=0)
def no_total():
    return lambda step, warmup: min(1.0, step / warmup)


@wrong("There is no way up: before step `warmup` it is at 1", earns=0)
def turned_round():
    """The parameters of another formula: the warm-up is a share."""
    return lambda step, warmup, total: (
        fall(step, warmup, total) if step >= warmup else min(1.0, (step + 1) * warmup)
    )


@wrong("at step 0 your factor is 1, and 0 is right", earns=0)
def constant():
    return lambda step, warmup, total: 1.0


@wrong("warmup=5, total=15: at step", earns=0)
def identity():
    return lambda step, warmup, total: float(step)


@wrong("at step", earns=0)
def hard_coded_examples():
    def linear_warmup(step, warmup, total):
        if warmup == 5 and total == 15:
            return max(0.0, step / 5 if step < 5 else (15 - step) / 10)
        if warmup == 0:
            return max(0.0, 1 - step / 5)
        return step / 5 if step < 5 else 0.0

    return linear_warmup
