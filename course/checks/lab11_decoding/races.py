"""The check of `speed_table`: ways to write whose times and texts are known, and a diary of how they were called."""

import itertools
import statistics

import torch

from .. import helper_for, part, require, told
from ..clocks import medians, within
from ..tables import table_of
from . import lab

KEYS = {"way": str, "seconds": float, "tokens": float, "times": float}
NOTE = {"way": str, "began": float, "ended": float}
ATTEMPTS = 3  # at a measurement, where something else keeps the computer busy
IDS = torch.tensor([[4, 1, 7, 2], [3, 3, 1, 0]])


def race(seconds, repeats, first=0.03):
    """Ways that write the same. seconds: for each name those of its timed calls, taken in turn; first: of the call that is not timed."""
    return {name: [(first, IDS), *((cycle[i % len(cycle)], IDS) for i in range(repeats))] for name, cycle in seconds.items()}  # fmt: skip


def bounds_of(notes, now):
    """For each way [(least, most)] seconds of its calls. Who times a call measures at least what the way itself noted, and at most the time between the calls around it."""
    gaps = [later["began"] - note["ended"] for note, later in itertools.pairwise(notes)]
    before = [notes[0]["began"] - max(gaps, default=0.01), *(note["ended"] for note in notes)]
    after = [*(note["began"] for note in notes[1:]), now]
    found = {}
    for i, note in enumerate(notes):
        found.setdefault(note["way"], []).append((note["ended"] - note["began"], after[i] - before[i]))
    return found


def known_of(seconds, bounds, repeats):
    """What usually leads to this number of seconds, as the end of a message."""
    timed, every = bounds[1:], bounds
    least, most = ([pair[i] for pair in timed] for i in (0, 1))
    all_ = [[pair[i] for pair in every] for i in (0, 1)]
    stories = (
        ([1e3 * x for x in medians(timed)], "Is that in thousandths of a second? `seconds` are seconds"),
        ([statistics.fmean(least), statistics.fmean(most)], "That is the mean, which one slow call moves; take the median"),
        ([statistics.fmean(all_[0]), min(statistics.fmean(all_[1]), 9e9)], "That is the mean, and the first call is among those you time"),
        (medians(every), "The first call is among those that you time, and much is set up in it"),
        ([sum(least), sum(most)], "Those are all calls together; take the median of them"),
        ([sum(all_[0]), sum(all_[1])], "Those are all calls together, the first among them; take the median of the others"),
        ([min(least), min(most)], "That is the fastest call; take the median"), ([max(least), max(most)], "That is the slowest call; take the median"),
        (list(every[0]), "That is the first call, which is not timed"),
        ([x / repeats for x in medians(timed)], "You divide by `repeats`; the median is the time of one call already"),
    )  # fmt: skip
    said = next((said for pair, said in stories if within(seconds, pair)), None)
    return f" {said}." if said else " Time each call by itself, from just before it to just after it."


def require_rounds(notes, names, repeats):
    """Require one call of each way that is not timed, and then rounds."""
    order = [note["way"] for note in notes]
    counts = {name: order.count(name) for name in names}
    for name in names:
        require(
            counts[name] == repeats + 1,
            "repeats={repeats}: each way is called once untimed and {repeats} times timed, and yours calls {name!r} {n} times.",
            repeats=repeats, name=name, n=counts[name],
        )  # fmt: skip
    in_turn = list(names) * (repeats + 1)
    if order == in_turn:
        return
    alone = [name for name in names for _ in range(repeats + 1)]
    warm = list(names) + [name for name in names for _ in range(repeats)]
    require(
        False,
        "The ways are called in the order {order}. {hint}",
        order=", ".join(order[:8]) + (", …" if len(order) > 8 else ""),
        hint="All calls of one way come one after the other: a busy minute would hit one of them alone. The rounds are the outer loop." if order in (alone, warm)
        else "In each round every way is called once, in their order.",
    )  # fmt: skip


def require_measured(student, seconds, repeats, given=True):
    """Ask for a table of ways that write the same, and require it to say what they took."""
    names = list(seconds)
    for attempt in range(ATTEMPTS):
        diary, *ways = student.build(helper_for("timed_ways", ways=race(seconds, repeats)))
        result = student(dict(zip(names, ways, strict=True)), **({"repeats": repeats} if given else {}))
        table = table_of(result, names, KEYS, "ways")
        notes, now = told(diary.tell(), ([NOTE], float))
        require_rounds(notes, names, repeats)
        bounds = bounds_of(notes, now)
        wide = max(most - least for pairs in bounds.values() for least, most in pairs[1:])
        if wide < 4e-3 or attempt == ATTEMPTS - 1:
            break
    for row, name in zip(table, names, strict=True):
        pair, got = medians(bounds[name][1:]), row["seconds"]
        require(
            within(got, pair),
            '"{name}": you say that it takes {got:.4f} s, and that is not the median of its {repeats} timed calls.{known}',
            name=name, got=got, repeats=repeats, known="" if within(got, pair) else known_of(got, bounds[name], repeats),
        )  # fmt: skip
    require_derived(table)


def _explains(table, key, wrong):
    """Whether a mistake gives what all rows say under a key."""
    return all(abs(row[key] - wrong(row)) <= 1e-6 + 1e-6 * abs(wrong(row)) for row in table)


def require_derived(table):
    """Require tokens in a second, and how many times as fast as the first way, of each row's own seconds."""
    count, (texts, time) = IDS.numel(), IDS.shape
    first, fastest = table[0]["seconds"], min(row["seconds"] for row in table)
    tokens = (
        (lambda row: time / row["seconds"], "All texts together: yours counts those of one"),
        (lambda row: count, "That is how many tokens there are; *in a second* is asked for"),
        (lambda row: row["seconds"] / count, "That is seconds for a token; tokens in a second are asked for"),
        (lambda row: texts / row["seconds"], "Those are texts in a second; tokens are asked for"),
        (lambda row: 1 / row["seconds"], "That is how often it could be called in a second; how many tokens it writes is asked for"),
    )  # fmt: skip
    times = (
        (lambda row: row["seconds"] / first, "How many times as *fast* as the first way: a way that takes half the time is 2"),
        (lambda row: fastest / row["seconds"], "They are compared with the first way, and not with the fastest"),
        (lambda row: row["seconds"] / fastest, "They are compared with the first way, and not with the fastest; and a way that takes half the time is 2"),
        (lambda row: first / row["seconds"] - 1, "A way that is as fast as the first is 1"),
        (lambda row: 100 * first / row["seconds"], "That is per cent"),
        (lambda row: first - row["seconds"], "That is a difference; how many *times* as fast is asked for"),
    )  # fmt: skip
    for row in table:
        took = row["seconds"]
        for key, truth, story, slips in (
            ("tokens", count / took, f"{count} tokens in {took:.4f} seconds are not {row['tokens']:.4g} a second", tokens),
            ("times", first / took, f"{took:.4f} s against {first:.4f} s of the first way are not {row['times']:.4g} times as fast", times),
        ):  # fmt: skip
            said = next((f" {said}." for wrong, said in slips if _explains(table, key, wrong)), "")
            require(abs(row[key] - truth) <= 1e-3 * truth, '"{name}": {story}.{said}', name=row["way"], story=story, said=said)  # fmt: skip


def require_same(student, ways, other, story):
    """Require a ValueError that names the way which writes something else; other: its name, or None where all write the same."""
    _, *made = student.build(helper_for("timed_ways", ways=ways))
    error = student.error(dict(zip(ways, made, strict=True)), repeats=2)
    if other is None:
        require(error is None, "{story}: all write the same, and yours fails.", story=story)
        return
    require(error is not None, "{story}: that is a ValueError; yours gives a table.", story=story)
    require(
        error.is_a("ValueError"),
        "{story}: that is a ValueError; yours is {type}.",
        story=story,
        type=error.type,
    )
    require(other in error.message, "{story}: the error's message names the way, {other!r}; yours does not.", story=story, other=other)  # fmt: skip


def judge_race(student, seconds, repeats, different):
    """All that is asked of speed_table. seconds: as `race` takes them; different: (ways, the name of the one that writes something else, story)."""
    require_measured(student, seconds, repeats)
    with part("the same texts", points=0.75):
        for case in different:
            require_same(student, *case)


def differing(short=1e-3):
    """Ways of which one writes something else."""
    same, other = [(short, IDS)], [(short, IDS + (IDS == 7))]
    return [
        ({"plain": same, "cached": other, "by hand": same}, "cached", "The second of three ways writes another token"),
        ({"plain": same, "cached": same, "by hand": [(short, IDS[:, :3])]}, "by hand", "The last of three ways writes a token less"),
        ({"plain": same, "cached": [(short, IDS), (short, IDS), (short, IDS * 2)]}, "cached", "The second way writes something else in its last call"),
        ({"plain": same, "cached": same}, None, "Two ways"),
    ]  # fmt: skip


SECONDS = {"plain": [0.012, 0.011, 0.03, 0.012, 0.013], "cached": [0.004, 0.006, 0.005, 0.02, 0.004], "by hand": [0.003, 0.002, 0.002]}  # fmt: skip


@lab.check(points=2, returns=(list, tuple), limit=20)
def speed_table(student):
    judge_race(student, SECONDS, 5, differing())
