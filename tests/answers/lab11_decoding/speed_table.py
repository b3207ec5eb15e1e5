import statistics
import time

import torch

from tests.answers import right, wrong


def compared(name, ids, truth, first):
    if ids.shape != truth.shape or not torch.equal(ids, truth):
        raise ValueError(f"{name!r} writes something else than {first!r}")


def function(
    order=lambda names, repeats: [name for _ in range(repeats + 1) for name in names],
    untimed=1,
    middle=statistics.median,
    clock=time.perf_counter,
    compare=compared,
    truth=lambda name, ids, truths: truths.setdefault("", ids),
    tokens=lambda ids, seconds: ids.numel() / seconds,
    times=lambda seconds, every: every[0] / seconds,
    seconds=lambda measured: measured,
    give=lambda rows: rows,
):
    """The solution, in steps that an answer replaces by its mistake."""

    def speed_table(ways, repeats=5):
        truths, measured = {}, {name: [] for name in ways}
        for name in order(list(ways), repeats):
            begin = clock()
            ids = ways[name]()
            measured[name].append(clock() - begin)
            compare(name, ids, truth(name, ids, truths), next(iter(ways)))
        medians = {name: seconds(middle(took[untimed:])) for name, took in measured.items()}
        every, ids = list(medians.values()), next(iter(truths.values()), None)
        return give(
            [
                {"way": name, "seconds": took, "tokens": tokens(ids, took), "times": times(took, every)}
                for name, took in medians.items()
            ]
        )

    return speed_table


@right
def the_steps_of_this_file():
    return function()


@right
def numpy_and_enumerate():
    def speed_table(ways, repeats=5):
        import numpy as np

        names, took, first = list(ways), np.zeros((repeats + 1, len(ways))), None
        for i in range(repeats + 1):
            for j, name in enumerate(names):
                start = time.perf_counter()
                ids = ways[name]()
                took[i, j] = time.perf_counter() - start
                first = ids.clone() if first is None else first
                if ids.tolist() != first.tolist():
                    raise ValueError("not the same: " + name)
        middle = np.median(took[1:], axis=0)
        return [dict(way=n, seconds=float(s), tokens=float(first.numel() / s), times=float(middle[0] / s)) for n, s in zip(names, middle)]  # fmt: skip

    return speed_table


@right
def warmed_up_in_a_loop_of_its_own():
    def speed_table(ways, repeats=5):
        reference, rows = None, []
        for name, write in ways.items():
            ids = write()
            if reference is None:
                reference = ids
            assert_same(name, ids, reference)
            rows.append({"way": name, "all": []})
        for _ in range(repeats):
            for row in rows:
                begin = time.perf_counter_ns()
                ids = ways[row["way"]]()
                row["all"].append((time.perf_counter_ns() - begin) / 1e9)
                assert_same(row["way"], ids, reference)
        for row in rows:
            row["seconds"] = sorted(row.pop("all"))[repeats // 2] if repeats % 2 else None
        return rows

    def assert_same(name, ids, reference):
        if not torch.equal(ids, reference):
            raise ValueError(name)

    def whole(ways, repeats=5):
        return function()(ways, repeats) if repeats % 2 == 0 else finished(speed_table(ways, repeats))

    def finished(rows):
        for row in rows:
            row["times"] = rows[0]["seconds"] / row["seconds"]
            row["tokens"] = 8 / row["seconds"]
        return rows

    return whole


@right
def a_generator_made_into_a_tuple():
    return function(give=tuple)


@wrong("should return", earns=0)
def identity():
    return lambda ways, repeats=5: ways


@wrong("each way is called once untimed", earns=0)
def constant():
    return lambda ways, repeats=5: [
        {"way": name, "seconds": 0.01, "tokens": 800.0, "times": 1.0} for name in ways
    ]


@wrong("each way is called once untimed", earns=0)
def hard_coded_examples():
    def speed_table(ways, repeats=5):
        seconds = {"plain": 0.012, "cached": 0.005, "by hand": 0.002}
        return [{"way": n, "seconds": seconds.get(n, 0.01), "tokens": 8 / seconds.get(n, 0.01), "times": 0.012 / seconds.get(n, 0.01)} for n in ways]  # fmt: skip

    return speed_table


@wrong("The rounds are the outer loop", earns=0)
def one_way_after_the_other():
    return function(order=lambda names, repeats: [name for name in names for _ in range(repeats + 1)])


@wrong("The rounds are the outer loop", earns=0)
def rounds_inside_and_a_warm_up():
    return function(order=lambda names, repeats: names + [name for name in names for _ in range(repeats)])


@wrong("In each round every way is called once, in their order", earns=0)
def turned_round_in_each_round():
    return function(order=lambda names, repeats: [n for i in range(repeats + 1) for n in (names[::-1] if i % 2 else names)])  # fmt: skip


@wrong("each way is called once untimed and", earns=0)
def no_warm_up():
    return function(order=lambda names, repeats: names * repeats, untimed=0)


@wrong("each way is called once untimed and", earns=0)
def a_second_call_for_the_ids():
    def speed_table(ways, repeats=5):
        for write in ways.values():
            write()
        return function()(ways, repeats)

    return speed_table


@wrong("the first call is among those", earns=0)
def the_mean_of_all():
    return function(untimed=0, middle=statistics.fmean)


@wrong("which one slow call moves", earns=0)
def the_mean():
    return function(middle=statistics.fmean)


@wrong("That is the fastest call", earns=0)
def the_fastest():
    return function(middle=min)


@wrong("That is the slowest call", earns=0)
def the_slowest():
    return function(middle=max)


@wrong("Those are all calls together", earns=0)
def the_sum():
    return function(middle=sum)


@wrong("You divide by `repeats`", earns=0)
def divided_twice():
    return function(middle=lambda took: statistics.median(took) / len(took))


@wrong("thousandths of a second", earns=0)
def milliseconds():
    return function(seconds=lambda took: 1000 * took)


@wrong("That is the first call, which is not timed", earns=0)
def the_first_call():
    return function(untimed=0, middle=lambda took: took[0])


@wrong("is not the median of its", earns=0)
def rounded():
    return function(seconds=lambda took: round(took, 2) or 0.01)


@wrong("yours counts those of one", earns=0)
def tokens_of_one_text():
    return function(tokens=lambda ids, seconds: ids.shape[1] / seconds)


@wrong("*in a second* is asked for", earns=0)
def how_many_tokens():
    return function(tokens=lambda ids, seconds: float(ids.numel()))


@wrong("tokens in a second are asked for", earns=0)
def seconds_for_a_token():
    return function(tokens=lambda ids, seconds: seconds / ids.numel())


@wrong("how many tokens it writes is asked for", earns=0)
def calls_in_a_second():
    return function(tokens=lambda ids, seconds: 1 / seconds)


@wrong("Those are texts in a second", earns=0)
def texts_in_a_second():
    return function(tokens=lambda ids, seconds: len(ids) / seconds)


@wrong("a way that takes half the time is 2", earns=0)
def times_turned_round():
    return function(times=lambda seconds, every: seconds / every[0])


@wrong("and not with the fastest", earns=0)
def against_the_fastest():
    return function(times=lambda seconds, every: seconds / min(every))


@wrong("A way that is as fast as the first is 1", earns=0)
def how_much_faster():
    return function(times=lambda seconds, every: every[0] / seconds - 1)


@wrong("That is per cent", earns=0)
def per_cent():
    return function(times=lambda seconds, every: 100 * every[0] / seconds)


@wrong("That is a difference", earns=0)
def a_difference():
    return function(times=lambda seconds, every: every[0] - seconds)


@wrong("that is a ValueError; yours gives a table", earns=1.25)
def nothing_is_compared():
    return function(compare=lambda name, ids, truth, first: None)


@wrong("writes a token less: that is a ValueError; yours is", earns=1.25)
def compared_without_shapes():
    def compare(name, ids, truth, first):
        if (ids != truth).any():
            raise ValueError(name)

    return function(compare=compare)


@wrong("yours gives a table", earns=1.25)
def shapes_alone():
    def compare(name, ids, truth, first):
        if ids.shape != truth.shape:
            raise ValueError(name)

    return function(compare=compare)


@wrong("in its last call", earns=1.25)
def compared_in_the_first_round_alone():
    seen = set()

    def compare(name, ids, truth, first):
        if name not in seen:
            seen.add(name)
            compared(name, ids, truth, first)

    def speed_table(ways, repeats=5):
        seen.clear()
        return function(compare=compare)(ways, repeats)

    return speed_table


@wrong("writes another token: that is a ValueError; yours gives a table", earns=1.25)
def each_with_its_own_first_call():
    return function(truth=lambda name, ids, truths: truths.setdefault(name, ids))


@wrong("the error's message names the way", earns=1.25)
def an_error_without_a_name():
    def compare(name, ids, truth, first):
        if not torch.equal(ids, truth):
            raise ValueError("not the same texts")

    return function(compare=compare)


@wrong("that is a ValueError; yours is AssertionError", earns=1.25)
def an_assertion():
    def compare(name, ids, truth, first):
        assert torch.equal(ids, truth), name

    return function(compare=compare)


@wrong("it is a number, a float", earns=0)
def tensors_for_numbers():
    return function(seconds=torch.tensor)


@wrong("should return", earns=0)
def a_dict():
    return function(give=lambda rows: {row["way"]: row for row in rows})


@wrong("is not the median of its", earns=0)
def of_the_processor():
    """Time asleep does not count there."""
    return function(clock=time.process_time, seconds=lambda took: max(took, 1e-6))
