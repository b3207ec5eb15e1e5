import math

import torch

from tests.answers import right, wrong
from tests.answers.lab10_question_answering.parts import best_span


def nothing(start, end):
    return (start[0] + end[0]).item()


def something(start, end, passage, longest):
    found = best_span(start, end, passage, longest)
    return -math.inf if found is None else (start[found[0]] + end[found[1]]).item()


def function(nothing=nothing, something=something, low=min, high=max, give=lambda none, some: none - some, used=lambda windows: windows, handed=lambda longest: longest):  # fmt: skip
    """The solution, in steps that an answer replaces by its mistake."""

    def no_answer_score(windows, longest=30):
        windows = used(windows)
        none = low([nothing(start, end) for start, end, _ in windows])
        some = high([something(*window, handed(longest)) for window in windows])
        return give(none, some)

    return no_answer_score


@right
def the_steps_of_this_file():
    return function()


@right
def a_loop():
    def no_answer_score(windows, longest=30):
        none, some = math.inf, -math.inf
        for start, end, passage in windows:
            none = min(none, float(start[0]) + float(end[0]))
            found = best_span(start, end, passage, longest)
            if found:
                some = max(some, float(start[found[0]]) + float(end[found[1]]))
        return none - some

    return no_answer_score


@right
def by_a_table_of_sums():
    def something(start, end, passage, longest):
        n = len(start)
        allowed = torch.ones(n, n, dtype=torch.bool).triu().tril(longest - 1) & passage & passage[:, None]
        return (start[:, None] + end).masked_fill(~allowed, -math.inf).max().item()

    return function(something=something)


@right
def windows_with_spans_alone():
    def no_answer_score(windows, longest=30):
        found = [(start, end, best_span(start, end, passage, longest)) for start, end, passage in windows]
        sums = [start[span[0]] + end[span[1]] for start, end, span in found if span is not None]
        if not sums:
            return math.inf
        return (
            torch.stack([start[0] + end[0] for start, end, _ in found]).min() - torch.stack(sums).max()
        ).item()

    return no_answer_score


@right
def a_tensor_of_one_number():
    whole = function()
    return lambda windows, longest=30: torch.tensor(whole(windows, longest))


@wrong("The sign is turned round", earns=0)
def turned_round():
    return function(give=lambda none, some: some - none)


@wrong("its score is the smallest over all of them")
def the_largest_of_no_answer():
    return function(low=max)


@wrong("and not the mean")
def the_mean_of_no_answer():
    return function(low=lambda numbers: sum(numbers) / len(numbers))


@wrong("you take the first one's")
def the_first_ones_no_answer():
    return function(low=lambda numbers: numbers[0])


@wrong("you take the last one's")
def the_last_ones_no_answer():
    return function(low=lambda numbers: numbers[-1])


@wrong("and not the sum")
def the_sum_of_no_answer():
    return function(low=sum)


@wrong("is the *largest* over all windows")
def the_worst_span():
    return function(high=min)


@wrong("The best span may stand in any window; you take the first one's")
def the_first_ones_span():
    return function(high=lambda numbers: numbers[0])


@wrong("The best span may stand in any window; you take the last one's")
def the_last_ones_span():
    return function(high=lambda numbers: numbers[-1])


@wrong("Each side has its own window")
def the_least_difference():
    def no_answer_score(windows, longest=30):
        return min(nothing(start, end) - something(start, end, passage, longest) for start, end, passage in windows)  # fmt: skip

    return no_answer_score


@wrong("Each side has its own window")
def the_largest_difference():
    def no_answer_score(windows, longest=30):
        return max(nothing(start, end) - something(start, end, passage, longest) for start, end, passage in windows)  # fmt: skip

    return no_answer_score


@wrong("you take the first one's")
def the_first_window_alone():
    return function(used=lambda windows: windows[:1])


@wrong("the best span's is taken off", earns=0)
def no_answer_alone():
    return function(give=lambda none, some: none)


@wrong("That is the score of the best span alone", earns=0)
def the_span_alone():
    return function(give=lambda none, some: some)


@wrong("The score of no answer is missing", earns=0)
def the_span_taken_off_nothing():
    return function(give=lambda none, some: -some)


@wrong("No answer has a start *and* an end", earns=0)
def the_start_of_cls():
    return function(nothing=lambda start, end: start[0].item())


@wrong("Spans outside of the passage count")
def the_question_too():
    return function(something=lambda start, end, passage, longest: something(start, end, torch.ones_like(passage), 10**6))  # fmt: skip


@wrong("is it handed on?")
def any_length():
    return function(handed=lambda longest: 10**6)


@wrong("handed on")
def the_default_length():
    return function(handed=lambda longest: 30)


@wrong("Spans that end before they begin")
def backwards_too():
    return function(something=lambda start, end, passage, longest: (start.masked_fill(~passage, -math.inf).max() + end.masked_fill(~passage, -math.inf).max()).item())  # fmt: skip


@wrong("are not always a span")
def the_largest_of_each():
    return function(something=lambda start, end, passage, longest: (start.max() + end.max()).item())


@wrong("Those are probabilities, which cannot be compared", earns=0)
def probabilities():
    def some(start, end, passage, longest):
        found = best_span(start, end, passage, longest)
        return found[2] if found else 0.0

    return function(
        nothing=lambda start, end: (start.softmax(0)[0] * end.softmax(0)[0]).item(), something=some
    )


@wrong("Those are logarithms of probabilities")
def log_probabilities():
    def some(start, end, passage, longest):
        return something(start.log_softmax(0), end.log_softmax(0), passage, longest)

    return function(
        nothing=lambda start, end: nothing(start.log_softmax(0), end.log_softmax(0)), something=some
    )


@wrong("`best_span` gives None where a window has no span", earns=2)
def no_care_for_none():
    def some(start, end, passage, longest):
        first, last, _ = best_span(start, end, passage, longest)
        return (start[first] + end[last]).item()

    return function(something=some)


@wrong("Where no window has a span it is math.inf", earns=2)
def zero_for_nothing():
    return function(give=lambda none, some: none - some if some > -math.inf else 0.0)


@wrong("Where no window has a span it is plus infinity", earns=2)
def minus_infinity():
    return function(give=lambda none, some: none - some if some > -math.inf else -math.inf)


@wrong("nan comes out", earns=2)
def infinity_minus_infinity():
    return function(give=lambda none, some: none - some if some > -math.inf else math.nan)


@wrong("yours is 0; it is -8", earns=0)
def a_decision():
    return function(give=lambda none, some: none > some)


@wrong("yours is 0", earns=0)
def constant():
    return lambda windows, longest=30: 0.0


@wrong("The score", earns=0)
def identity():
    return lambda windows, longest=30: windows


@wrong("yours is", earns=0)
def hard_coded_examples():
    return lambda windows, longest=30: -8.0 if float(windows[0][0][0]) == 0 else 7.0


@wrong("where no window has a span it is math.inf", earns=2)
def none_without_a_span():
    return function(give=lambda none, some: none - some if some > -math.inf else None)


@wrong("does your smallest begin with a 0", earns=0)
def zeros_to_begin_with():
    return function(low=lambda found: min(0.0, *found), high=lambda found: max(0.0, *found))
