"""How long a pass takes: what may be said of it, by the diary of the models that were timed.

The model itself notes when each call began and ended. Who times a pass measures at least that, and at most the time from the end of the call before
to the begin of the next one. So the median lies between two medians, however busy the computer is.
"""

import statistics

from .. import require
from ..clocks import medians, within

WELL_MEASURED = 4e-3  # seconds between the least and the most; where they lie further apart, a mean could lie between them too
STANDING = 2e-3  # seconds; so little is also what a clock shows that stands while a model waits
LOOSE = 1.3  # the most through the least, beyond which a number may fit by chance


def passes_of(notes, now, number, rows):
    """[(least, most)] seconds of each whole pass of a model, in their order; the first is left out, which is `first`: that pass by itself, or
    what stood in its place. notes, now: as a `Diary` tells; number: the model's; rows: in a whole pass."""
    ordered = sorted(notes, key=lambda note: note["began"])
    before = [float("-inf"), *(note["ended"] for note in ordered)]
    after = [*(note["began"] for note in ordered[1:]), now]
    calls = {}
    for i, note in enumerate(ordered):
        if note["model"] == number:
            calls.setdefault(note["pass"], []).append(i)
    found = []
    for own in calls.values():
        begin, end = ordered[own[0]], ordered[own[-1]]
        whole = sum(ordered[i]["rows"] for i in own) == rows
        found.append((whole, end["ended"] - begin["began"], after[own[-1]] - before[own[0]]))
    first, rest = found[0], [(least, most) for whole, least, most in found[1:] if whole]
    return (
        first[1],
        min(first[2], first[1] + 5e-3),
    ), rest  # what came before the first call of all is not known


def _windows(passes, n):
    return [passes[i : i + n] for i in range(len(passes) - n + 1)]


def _known(seconds, first, passes, repeats, rows):
    """What usually leads to this number: of all that is possible, what comes nearest."""
    timed = _windows(passes, repeats)
    early = [[first, *window] for window in (passes[: repeats - 1], passes[:repeats], passes) if window]

    def each(rule, windows):
        return [tuple(rule(side) for side in zip(*window, strict=True)) for window in windows]

    def mean(side):
        return sum(side) / len(side)

    middle, early_middle = [medians(window) for window in timed], [medians(window) for window in early]
    stories = (
        ([(low * f, high * f) for low, high in middle for f in (1e3, 1e6, 1e9)], "Is that in thousandths of a second, or less? `seconds` are seconds"),
        (each(mean, timed), "That is the mean, which one slow pass moves; take the median"),
        (each(mean, early), "That is the mean, and the first pass is among those that you time, in which much is set up. Call the model once before, and take the median of `repeats` passes"),
        (early_middle, "The first pass is among those that you time, and much is set up in it: call the model once before"),
        (each(sum, timed), "That is all passes together; time them one by one, and take the median"),
        (each(sum, early), "That is all passes together, the first one among them; time them one by one, without the first, and take the median"),
        (each(min, timed), "That is the fastest pass; take the median"),
        (each(max, timed), "That is the slowest pass; take the median"),
        ([first], "That is the first pass, in which much is set up: it is not timed"),
        (passes, "That is a single pass; time `repeats` of them, and take the median"),
        ([(low / rows, high / rows) for low, high in middle], "That is the time for one row; one pass over all of `ids` is asked for"),
        ([(low / repeats, high / repeats) for low, high in middle], "You divide by `repeats`; the median is the time of one pass already"),
    )  # fmt: skip
    found = [
        (abs(seconds - low) / high, said, high > LOOSE * low or seconds < STANDING)
        for bounds, said in stories
        for low, high in bounds
        if low * 0.99 <= seconds <= high * 1.01
    ]
    said, loose = min(found, key=lambda one: one[0])[1:] if found else ("", True)
    if found and not (loose and seconds < min(least for least, _ in passes)):
        return f" {said}."
    if seconds < min(
        least for least, _ in passes
    ):  # on a busy computer a wide range fits to more than one mistake
        said = f" {said}. If that is not it: the" if said else " The"
        return f"{said} fastest pass took longer. Does the clock stop before the model is done, or stand while it waits? `time.process_time` counts the processor's work alone; `time.perf_counter` is the clock."
    return ""


def require_seconds(seconds, notes, now, number, repeats, rows, name):
    """Require the median of `repeats` passes of one model behind its first. Returns how far apart the least and the most lie."""
    first, passes = passes_of(notes, now, number, rows)
    n = len(passes)
    require(
        n >= repeats,
        '"{name}": repeats={repeats}, and behind the first pass, which is not timed, the model was called on all of `ids` {n} times. Is the first one among those that you time, or does the loop end too early?',
        name=name, repeats=repeats, n=n,
    )  # fmt: skip
    require(
        n <= repeats + 3,
        '"{name}": repeats={repeats}, and behind the first pass the model was called on all of `ids` {n} times. Is `repeats` used?',
        name=name, repeats=repeats, n=n,
    )  # fmt: skip
    bounds = [medians(window) for window in _windows(passes, repeats)]
    found = [bound for bound in bounds if within(seconds, bound)]
    said = f"{seconds:.4f} s" if seconds < 1e4 else f"{seconds:.4g} s"
    rounded = seconds == round(seconds, 3) and any(within(seconds, (low - 5e-4, high + 5e-4)) for low, high in bounds)  # fmt: skip
    require(
        not rounded,
        '"{name}": {seconds} seconds are rounded. What takes a thousandth of a second is lost in that; round where you print.',
        name=name, seconds=seconds,
    )  # fmt: skip
    require(
        found,
        '"{name}": you say that a pass takes {said}, and that is not the median of {repeats} of its passes.{known}',
        name=name, said=said, repeats=repeats,
        known="" if found else _known(seconds, first, passes, repeats, rows) or " Time `repeats` passes one by one, each from just before the call to just after it, and take their median.",
    )  # fmt: skip
    return min(
        statistics.median(most) - statistics.median(least)
        for least, most in (zip(*window, strict=True) for window in _windows(passes, repeats))
    )
