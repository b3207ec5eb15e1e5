import copy
import statistics
import time

import torch

from tests.answers import right, wrong


def begin(ways, name):
    return ways[name]()


def copied(model):
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def moved(model, before):
    return sum(p.numel() for name, p in model.named_parameters() if not torch.equal(p, before[name]))


def every(model):
    return sum(p.numel() for p in model.parameters())


def judged(evaluate, model):
    model.eval()
    with torch.no_grad():
        return evaluate(model)


def first(values):
    return values[0]


def row_of(name, trained, total, seconds, scores):
    return {
        "way": name, "trained": trained, "share": trained / total, "seconds": statistics.mean(seconds),
        "score": statistics.mean(scores), "lowest": min(scores), "highest": max(scores),
    }  # fmt: skip


def function(begin=begin, copied=copied, moved=moved, every=every, judged=judged, first=first, row_of=row_of, clock=time.perf_counter, give=list, default=(0, 1, 2)):  # fmt: skip
    """The solution, in steps that an answer replaces by its mistake."""

    def adapter_table(ways, train, evaluate, seeds=default):
        rows = []
        for name in ways:
            seconds, scores, counts = [], [], []
            for seed in seeds:
                model = begin(ways, name)
                before = copied(model)
                start = clock()
                train(model, seed)
                seconds.append(clock() - start)
                counts.append((moved(model, before), every(model)))
                scores.append(judged(evaluate, model))
            rows.append(row_of(name, *first(counts), seconds, scores))
        return give(rows)

    return adapter_table


def with_row(change):
    """The solution, with something else in its rows. change: (row, seconds, scores) -> what is other."""

    def other(name, trained, total, seconds, scores):
        row = row_of(name, trained, total, seconds, scores)
        return row | change(row, seconds, scores)

    return function(row_of=other)


@right
def the_parts_of_this_file():
    return function()


@right
def with_deepcopy():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        table = []
        for name, make in ways.items():
            first, times, results = None, 0.0, []
            for seed in seeds:
                model = make()
                old = copy.deepcopy(model)
                begun = time.perf_counter()
                train(model, seed)
                times += time.perf_counter() - begun
                if first is None:
                    pairs = list(zip(old.parameters(), model.parameters(), strict=True))
                    n = sum(a.numel() for a, b in pairs if (a != b).any())
                    first = n, n / sum(a.numel() for a, _ in pairs)
                with torch.no_grad():
                    results.append(float(evaluate(model.eval())))
            table.append({
                "lowest": sorted(results)[0], "highest": sorted(results)[-1], "score": sum(results) / len(results),
                "seconds": times / len(results), "share": first[1], "trained": first[0], "way": name, "seeds": len(results),
            })  # fmt: skip
        return tuple(table)

    return adapter_table


@right
def all_models_are_made_first():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        rows = []
        for name in ways:
            models = [ways[name]() for _ in seeds]
            before = [p.detach().clone() for p in models[0].parameters()]
            seconds, scores = [], []
            for model, seed in zip(models, seeds, strict=True):
                start = time.monotonic()
                train(model, seed)
                seconds.append(time.monotonic() - start)
            for model in models:
                model.train(False)
                with torch.inference_mode():
                    scores.append(evaluate(model))
            after = list(models[0].parameters())
            n = sum(b.numel() for a, b in zip(before, after, strict=True) if not torch.equal(a, b))
            rows.append(row_of(name, n, sum(p.numel() for p in after), seconds, scores))
        return rows

    return adapter_table


@right
def through_numpy():
    import numpy as np

    def copied(model):
        return {name: p.detach().numpy().copy() for name, p in model.named_parameters()}

    def moved(model, before):
        return sum(
            p.numel() for name, p in model.named_parameters() if (p.detach().numpy() != before[name]).any()
        )

    def row(name, trained, total, seconds, scores):
        return row_of(name, trained, total, seconds, scores) | {"score": float(np.mean(scores))}

    return function(copied=copied, moved=moved, row_of=row)


@right
def seeds_outside():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        found = {name: [] for name in ways}
        for seed in seeds:
            for name, make in ways.items():
                model = make()
                before = copied(model)
                start = time.perf_counter()
                train(model, seed)
                took = time.perf_counter() - start
                print(name, seed, took)
                found[name].append((moved(model, before), every(model), took, judged(evaluate, model)))
        return [
            row_of(name, runs[0][0], runs[0][1], [r[2] for r in runs], [r[3] for r in runs])
            for name, runs in found.items()
        ]

    return adapter_table


# --- models and seeds ---------------------------------------------------------------------------------------------------
@wrong("a model that had been trained already is trained on", earns=0)
def one_model_for_all_seeds():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        made = {name: make() for name, make in ways.items()}
        return function(begin=lambda ways, name: made[name])(ways, train, evaluate, seeds)

    return adapter_table


@wrong("Once for each, and the seed goes to `train`", earns=0)
def the_first_seed_alone():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        return function()(ways, train, evaluate, seeds[:1])

    return adapter_table


@wrong("Once for each, and the seed goes to `train`", earns=0)
def always_seed_0():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        return function()(ways, lambda model, seed: train(model, 0), evaluate, seeds)

    return adapter_table


@wrong("Once for each, and the seed goes to `train`", earns=0)
def seeds_are_ignored():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        return function()(ways, train, evaluate, (0, 1, 2))

    return adapter_table


@wrong("there are the seeds [0, 1, 2]", earns=0)
def five_seeds_by_default():
    return function(default=(0, 1, 2, 3, 4))


@wrong("models were made for", earns=0)
def many_models():
    def begin(ways, name):
        return [ways[name]() for _ in range(4)][-1]

    return function(begin=begin)


@wrong("and `train` was called with none", earns=0)
def never_trained():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        return function()(ways, lambda model, seed: None, evaluate, seeds)

    return adapter_table


@wrong("judged before its training, and not after it", earns=0)
def judged_before():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        scores = {}

        def first(model, seed):
            scores[id(model)] = judged(evaluate, model)
            train(model, seed)

        return function(judged=lambda evaluate, model: scores[id(model)])(ways, first, evaluate, seeds)

    return adapter_table


@wrong("`evaluate` takes the model that was trained", earns=0)
def a_new_model_is_judged():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        name = next(iter(ways))
        return function(judged=lambda evaluate, model: judged(evaluate, ways[name]()))(
            ways, train, evaluate, seeds
        )

    return adapter_table


# --- how it is judged ----------------------------------------------------------------------------------------------------
@wrong("is judged in training mode", earns=0)
def in_training_mode():
    def judged(evaluate, model):
        with torch.no_grad():
            return evaluate(model)

    return function(judged=judged)


@wrong("is judged in training mode", earns=0)
def eval_before_the_training():
    def begin(ways, name):
        return ways[name]().eval()

    def judged(evaluate, model):
        with torch.no_grad():
            return evaluate(model)

    return function(begin=begin, judged=judged)


@wrong("with gradients switched on", earns=0)
def with_gradients():
    return function(judged=lambda evaluate, model: evaluate(model.eval()))


@wrong("gradients are switched off", earns=0)
def gradients_left_off():
    def judged(evaluate, model):
        torch.set_grad_enabled(False)
        score = evaluate(model.eval())
        torch.set_grad_enabled(True)
        return score

    def give(rows):
        torch.set_grad_enabled(False)
        return rows

    return function(judged=judged, give=give)


@wrong("and so it cannot learn", earns=0)
def all_without_gradients():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        with torch.no_grad():
            return function()(ways, train, evaluate, seeds)

    return adapter_table


# --- what is counted -----------------------------------------------------------------------------------------------------
def by_requires_grad(when):
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        learns = {}

        def count(model):
            learns.setdefault(id(model), sum(p.numel() for p in model.parameters() if p.requires_grad))
            return {}

        if when == "before":
            return function(copied=count, moved=lambda model, before: learns.pop(id(model)))(ways, train, evaluate, seeds)  # fmt: skip
        return function(
            copied=lambda model: {},
            moved=lambda model, before: sum(p.numel() for p in model.parameters() if p.requires_grad),
        )(ways, train, evaluate, seeds)

    return adapter_table


@wrong("Asked for is what has *moved*", earns=None)
def what_learned_before():
    return by_requires_grad("before")


@wrong("Asked for is what has *moved*", earns=None)
def what_learned_after():
    return by_requires_grad("after")


@wrong("Those are all of its parameters", earns=0)
def all_parameters():
    return function(moved=lambda model, before: every(model))


@wrong("What stands in two places is counted twice", earns=0)
def shared_twice():
    def copied(model):
        return {name: p.detach().clone() for name, p in model.named_parameters(remove_duplicate=False)}

    def moved(model, before):
        named = model.named_parameters(remove_duplicate=False)
        return sum(p.numel() for name, p in named if not torch.equal(p, before[name]))

    return function(copied=copied, moved=moved)


@wrong("A buffer is counted too", earns=0)
def the_state_dict():
    def copied(model):
        return {name: t.clone() for name, t in model.state_dict().items()}

    def moved(model, before):
        return sum(t.numel() for name, t in model.state_dict().items() if not torch.equal(t, before[name]))

    return function(copied=copied, moved=moved)


@wrong("asked for are all numbers in those tensors", earns=0)
def tensors_that_moved():
    return function(moved=lambda model, before: sum(not torch.equal(p, before[n]) for n, p in model.named_parameters()))  # fmt: skip


@wrong("asked for are all numbers in those tensors", earns=0)
def numbers_that_moved():
    return function(moved=lambda model, before: sum(int((p != before[n]).sum()) for n, p in model.named_parameters()))  # fmt: skip


@wrong("A reference moves along", earns=0)
def references():
    return function(copied=lambda model: {name: p.detach() for name, p in model.named_parameters()})


@wrong("A reference moves along", earns=0)
def a_dict_of_parameters():
    return function(copied=lambda model: dict(model.named_parameters()))


@wrong("That is of the last seed", earns=0)
def the_last_seed():
    return function(first=lambda counts: counts[-1])


@wrong("count and share are those of the first", earns=0)
def the_sum_over_seeds():
    return function(first=lambda counts: (sum(c[0] for c in counts), counts[0][1]))


@wrong("what has *not* moved", earns=0)
def what_stayed():
    return function(moved=lambda model, before: every(model) - moved(model, before))


@wrong("That is per cent", earns=0)
def per_cent():
    return with_row(lambda row, seconds, scores: {"share": 100 * row["share"]})


@wrong("the share of what has not moved", earns=0)
def the_other_share():
    return with_row(lambda row, seconds, scores: {"share": 1 - row["share"]})


@wrong("It is rounded", earns=0)
def a_rounded_share():
    return with_row(lambda row, seconds, scores: {"share": round(row["share"], 3)})


@wrong('under "share" stands', earns=0)
def buffers_in_the_whole():
    return function(row_of=lambda name, n, total, seconds, scores: row_of(name, n, total, seconds, scores) | {"share": n / (total + 7)})  # fmt: skip


# --- scores --------------------------------------------------------------------------------------------------------------
@wrong("That is the median; the mean is asked for", earns=0)
def the_median():
    return with_row(lambda row, seconds, scores: {"score": statistics.median(scores)})


@wrong("the last seed alone", earns=0)
def the_last_score():
    return with_row(lambda row, seconds, scores: {"score": scores[-1]})


@wrong("That is the highest", earns=0)
def the_best():
    return with_row(lambda row, seconds, scores: {"score": max(scores)})


@wrong('under "lowest" stands', earns=0)
def ends_swapped():
    return with_row(lambda row, seconds, scores: {"lowest": max(scores), "highest": min(scores)})


@wrong('under "lowest" stands', earns=0)
def ends_from_the_mean():
    def change(row, seconds, scores):
        s = statistics.stdev(scores) if len(scores) > 1 else 0.0
        return {"lowest": row["score"] - s, "highest": row["score"] + s}

    return with_row(change)


@wrong("The 3 seeds have other scores", earns=0)
def scores_of_all_ways():
    every_score = []

    def change(row, seconds, scores):
        every_score.extend(scores)
        return {"score": statistics.mean(every_score)}

    return with_row(change)


# --- seconds -------------------------------------------------------------------------------------------------------------
@wrong("the sum over the seeds", earns=0)
def all_seconds():
    return with_row(lambda row, seconds, scores: {"seconds": sum(seconds)})


@wrong("the slowest training alone", earns=0)
def the_slowest():
    return with_row(lambda row, seconds, scores: {"seconds": max(seconds)})


@wrong("the mean is asked for", earns=0)
def the_first_training():
    return with_row(lambda row, seconds, scores: {"seconds": seconds[0]})


@wrong("in thousandths of a second", earns=0)
def milliseconds():
    return with_row(lambda row, seconds, scores: {"seconds": 1e3 * row["seconds"]})


@wrong("`time.process_time` counts the processor's work alone", earns=0)
def the_processors_time():
    return function(clock=time.process_time)


def timed_as(whole):
    """With more under the clock. whole: "make", "judge", or both."""

    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        rows = []
        for name in ways:
            seconds, scores, counts = [], [], []
            for seed in seeds:
                start = time.perf_counter()
                model = ways[name]()
                before = copied(model)
                if "make" not in whole:
                    start = time.perf_counter()
                train(model, seed)
                end = time.perf_counter()
                counts.append((moved(model, before), every(model)))
                scores.append(judged(evaluate, model))
                seconds.append((time.perf_counter() if "judge" in whole else end) - start)
            rows.append(row_of(name, *counts[0], seconds, scores))
        return rows

    return adapter_table


@wrong("The judging is timed as well", earns=0)
def with_the_judging():
    return timed_as("judge")


@wrong("Making the model is timed as well", earns=0)
def with_the_making():
    return timed_as("make")


@wrong("Making and judging the model are timed as well", earns=0)
def with_both():
    return timed_as("make and judge")


# --- the form ------------------------------------------------------------------------------------------------------------
@wrong("One row for each", earns=0)
def the_first_row_alone():
    return function(give=lambda rows: rows[:1] if len(rows) > 1 else [])


@wrong("Each row is a dict", earns=0)
def rows_of_tuples():
    return function(give=lambda rows: [tuple(row.values()) for row in rows])


@wrong('A row has no "highest"', earns=0)
def a_key_is_missing():
    return function(give=lambda rows: [{k: v for k, v in row.items() if k != "highest"} for row in rows])


@wrong("in the order of `ways`", earns=0)
def by_score():
    return function(give=lambda rows: sorted(rows, key=lambda row: row["score"]))


@wrong("`.item()` makes one of it", earns=0)
def tensors_in_it():
    return with_row(lambda row, seconds, scores: {"score": torch.tensor(scores).mean()})


@wrong("it is a whole number", earns=0)
def a_count_as_a_float():
    return with_row(lambda row, seconds, scores: {"trained": float(row["trained"])})


@wrong("yours returned a dict", earns=0)
def a_dict_of_rows():
    return function(give=lambda rows: {row["way"]: row for row in rows})


@wrong("Put `return` where `print` is", earns=0)
def prints_only():
    def adapter_table(ways, train, evaluate, seeds=(0, 1, 2)):
        print(function()(ways, train, evaluate, seeds))

    return adapter_table


@wrong("yours returned a dict", earns=0)
def identity():
    return lambda ways, train, evaluate, seeds=(0, 1, 2): ways


@wrong("One row for each", earns=0)
def constant():
    return lambda ways, train, evaluate, seeds=(0, 1, 2): [{"way": "everything", "trained": 25, "share": 1.0, "seconds": 0.03, "score": 0.45, "lowest": 0.1, "highest": 0.75}]  # fmt: skip


@wrong("under", earns=0)
def hard_coded_examples():
    known = {"a part": 10, "everything": 25, "opened later": 15, "alone": 3}
    return function(moved=lambda model, before: known.get(model.way.get("name"), 10))
