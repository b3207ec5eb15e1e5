import contextlib
import copy
import statistics
import time
import timeit

import numpy as np
import torch

from tests.answers import right, wrong


def one_by_one(model, ids, repeats):
    """Seconds of each pass; the first is not timed."""
    model(ids)
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        model(ids)
        found.append(time.perf_counter() - start)
    return found


def made(
    before=lambda model: model.eval(),
    without=torch.no_grad,
    passes=one_by_one,
    middle=statistics.median,
    parameters=lambda model: sum(p.numel() for p in model.parameters()),
    nonzero=lambda model: sum(int((p != 0).sum()) for p in model.parameters()),
    accuracy=lambda logits, labels: (logits.argmax(-1) == labels).float().mean().item(),
    after=lambda model, training: model.train(training),
    finish=lambda rows: rows,
):
    """The exercise's function, out of its steps."""

    def size_speed_accuracy(models, ids, labels, repeats=5):
        rows = []
        for name, model in models.items():
            training = model.training
            before(model)
            with without():
                logits = model(ids)
                seconds = middle(passes(model, ids, repeats))
            rows.append(
                {
                    "model": name,
                    "parameters": parameters(model),
                    "nonzero": nonzero(model),
                    "seconds": seconds,
                    "accuracy": accuracy(logits, labels),
                }
            )
            after(model, training)
        return finish(rows)

    return size_speed_accuracy


@right
def the_first_pass_is_judged():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        table = []
        for name in models:
            model = models[name]
            mode = model.training
            model.train(False)
            with torch.inference_mode():
                guesses = model(ids).max(1).indices
                times = []
                for i in range(repeats):
                    start = time.perf_counter()
                    model(ids)
                    stop = time.perf_counter()
                    times.append(stop - start)
                    print(i, times[-1])
            if mode:
                model.train()
            table.append(
                dict(
                    model=name,
                    accuracy=sum(a == b for a, b in zip(guesses.tolist(), labels.tolist())) / len(labels),
                    seconds=sorted(times)[repeats // 2],
                    parameters=sum(p.nelement() for p in set(model.parameters())),
                    nonzero=sum(p.count_nonzero().item() for p in model.parameters()),
                    difference=0,
                )
            )
        return table

    return size_speed_accuracy


@right
def a_pass_of_its_own_to_judge():
    return made()


@right
def judged_after_the_timing():
    @torch.no_grad()
    def size_speed_accuracy(models, ids, labels, repeats=5):
        modes = {name: model.training for name, model in models.items()}
        rows = []
        for name, model in models.items():
            model.eval()
            seconds = one_by_one(model, ids, repeats)
            rows.append(
                {
                    "model": name,
                    "parameters": sum(map(torch.numel, model.parameters())),
                    "nonzero": int(sum((p.abs() > 0).sum() for p in model.parameters())),
                    "seconds": float(np.median(seconds)),
                    "accuracy": np.mean(model(ids).numpy().argmax(1) == labels.numpy()),
                }
            )
        for name, model in models.items():
            model.train(modes[name])
        return tuple(rows)

    return size_speed_accuracy


@right
def in_batches():
    """Each pass goes through the rows a dozen at a time."""

    def whole(model, ids):
        return torch.cat([model(some) for some in ids.split(12)])

    def passes(model, ids, repeats):
        found = []
        for _ in range(repeats):
            start = time.monotonic()
            whole(model, ids)
            found.append(time.monotonic() - start)
        return found

    def size_speed_accuracy(models, ids, labels, repeats=5):
        class Batched:
            """What `made` calls, with the rest of the model's."""

            def __init__(self, model):
                self.model = model

            def __call__(self, ids):
                return whole(self.model, ids)

            def __getattr__(self, name):
                return getattr(self.model, name)

        wrapped = {name: Batched(model) for name, model in models.items()}
        return made(passes=lambda m, i, r: passes(m.model, i, r))(wrapped, ids, labels, repeats)

    return size_speed_accuracy


@right
def copies_are_measured():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        def measured(name, model):
            model = copy.deepcopy(model).eval().requires_grad_(False)
            with torch.no_grad():
                score = (model(ids).argmax(-1) == labels).double().mean()
                times = torch.tensor(timeit.repeat(lambda: model(ids), number=1, repeat=repeats))
            flat = torch.nn.utils.parameters_to_vector(model.parameters())
            return {
                "model": name,
                "parameters": flat.numel(),
                "nonzero": len(flat.nonzero()),
                "seconds": times.double().median().item(),
                "accuracy": score.item(),
            }

        return [measured(*each) for each in models.items()]

    return size_speed_accuracy


@right
def a_row_to_warm_up_and_one_clock_for_all():
    def passes(model, ids, repeats):
        model(ids[:1])
        times = [time.perf_counter_ns()]
        for _ in range(repeats):
            model(ids)
            times.append(time.perf_counter_ns())
        return [(b - a) / 1e9 for a, b in zip(times, times[1:])]

    def accuracy(logits, labels):
        return torch.eq(logits.softmax(-1).argmax(-1), labels).sum().item() / labels.numel()

    return made(passes=passes, accuracy=accuracy)


@right
def round_about_all_models():
    """One pass of each model after the other, so that a disturbance falls on all alike."""

    def size_speed_accuracy(models, ids, labels, repeats=5):
        modes, times, right_ones = {}, {name: [] for name in models}, {}
        for name, model in models.items():
            modes[name] = model.training
            model.eval()
        for turn in range(repeats + 1):
            for name, model in models.items():
                with torch.no_grad():
                    start = time.perf_counter()
                    logits = model(ids)
                    passed = time.perf_counter() - start
                if turn:
                    times[name].append(passed)
                else:
                    right_ones[name] = (logits.argmax(-1) == labels).float().mean().item()
        rows = []
        for name, model in models.items():
            model.train(modes[name])
            every = [x for p in model.parameters() for x in p.flatten().tolist()]
            rows.append(
                {
                    "model": name,
                    "parameters": len(every),
                    "nonzero": sum(x != 0 for x in every),
                    "seconds": statistics.median_high(times[name]),
                    "accuracy": right_ones[name],
                }
            )
        return rows

    return size_speed_accuracy


@wrong("That is the mean, which one slow pass moves; take the median", earns=0)
def the_mean():
    return made(middle=statistics.mean)


@wrong("That is the mean, which one slow pass moves; take the median", earns=0)
def timed_as_a_whole():
    def passes(model, ids, repeats):
        model(ids)
        start = time.perf_counter()
        for _ in range(repeats):
            model(ids)
        return [(time.perf_counter() - start) / repeats]

    return made(passes=passes)


@wrong("That is all passes together", earns=0)
def all_together():
    return made(middle=sum)


@wrong("That is all passes together, the first one among them", earns=0)
def all_together_with_the_first():
    def passes(model, ids, repeats):
        start = time.perf_counter()
        for _ in range(repeats):
            model(ids)
        return [time.perf_counter() - start]

    def size_speed_accuracy(models, ids, labels, repeats=5):
        rows = []
        for name, model in models.items():
            mode = model.training
            model.eval()
            with torch.no_grad():
                seconds = passes(model, ids, repeats)[0]
                guesses = model(ids).argmax(-1)
            row = made(passes=lambda m, i, r: [0.0])({name: lambda_(model, guesses)}, ids, labels)[0]
            model.train(mode)
            rows.append({**row, "seconds": seconds})
        return rows

    class lambda_:
        """The model, which has its guesses already."""

        def __init__(self, model, guesses):
            self.model, self.guesses = model, guesses

        def __call__(self, ids):
            return torch.nn.functional.one_hot(self.guesses)

        def __getattr__(self, name):
            return getattr(self.model, name)

    return size_speed_accuracy


@wrong("That is the fastest pass; take the median", earns=0)
def the_fastest():
    return made(middle=min)


@wrong("That is the slowest pass; take the median", earns=0)
def the_slowest():
    return made(middle=max)


@wrong("behind the first pass, which is not timed, the model was called on all of `ids` 0 times", earns=0)
def the_first_pass_alone():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        rows = []
        for name, model in models.items():
            training = model.training
            model.eval()
            with torch.no_grad():
                start = time.perf_counter()
                logits = model(ids)
                seconds = time.perf_counter() - start
            model.train(training)
            rows.append(
                {
                    "model": name,
                    "parameters": sum(p.numel() for p in model.parameters()),
                    "nonzero": sum(int((p != 0).sum()) for p in model.parameters()),
                    "seconds": seconds,
                    "accuracy": (logits.argmax(-1) == labels).float().mean().item(),
                }
            )
        return rows

    return size_speed_accuracy


def timed_from_the_first(more, middle=statistics.median):
    """Passes that are all timed, the first too; the last one's logits are judged."""

    def size_speed_accuracy(models, ids, labels, repeats=5):
        rows = []
        for name, model in models.items():
            training, times = model.training, []
            model.eval()
            with torch.no_grad():
                for _ in range(repeats + more):
                    start = time.perf_counter()
                    logits = model(ids)
                    times.append(time.perf_counter() - start)
            model.train(training)
            rows.append(
                {
                    "model": name,
                    "parameters": sum(p.numel() for p in model.parameters()),
                    "nonzero": sum(int((p != 0).sum()) for p in model.parameters()),
                    "seconds": middle(times),
                    "accuracy": (logits.argmax(-1) == labels).float().mean().item(),
                }
            )
        return rows

    return size_speed_accuracy


@wrong("That is a single pass; time `repeats` of them", earns=0)
def the_last():
    return timed_from_the_first(1, middle=lambda times: times[-1])


@wrong("Is the first one among those that you time, or does the loop end too early?", earns=0)
def the_first_is_one_of_them():
    return timed_from_the_first(0)


@wrong("The first pass is among those that you time, and much is set up in it", earns=0)
def the_first_and_all_others():
    return timed_from_the_first(1)


@wrong("The first pass is among those that you time, and much is set up in it", earns=0)
def the_first_and_others_and_torchs_median():
    return timed_from_the_first(1, middle=lambda times: torch.tensor(times).double().median().item())


@wrong("That is the mean, and the first pass is among those that you time", earns=0)
def a_mean_with_the_first():
    return timed_from_the_first(1, middle=statistics.mean)


@wrong("That is the first pass, in which much is set up", earns=0)
def says_the_first():
    return timed_from_the_first(1, middle=lambda times: times[0])


@wrong("Is the first one among those that you time, or does the loop end too early?", earns=0)
def one_pass_too_few():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        return timed_from_the_first(0, lambda times: statistics.median(times[1:] or times))(
            models, ids, labels, repeats
        )

    return size_speed_accuracy


@wrong("Is `repeats` used?", earns=0)
def always_five():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        return made()(models, ids, labels, 5)

    return size_speed_accuracy


@wrong("behind the first pass, which is not timed, the model was called on all of `ids` 4 times", earns=0)
def three_in_place_of_repeats():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        return made()(models, ids, labels, 3)

    return size_speed_accuracy


@wrong("Is that in thousandths of a second, or less?", earns=0)
def in_milliseconds():
    return made(middle=lambda times: 1000 * statistics.median(times))


@wrong("Is that in thousandths of a second, or less?", earns=0)
def in_nanoseconds():
    return made(middle=lambda times: 1e9 * statistics.median(times))


@wrong("seconds are rounded", earns=0)
def rounded_seconds():
    return made(middle=lambda times: round(statistics.median(times), 3))


@wrong("That is the time for one row", earns=0)
def for_each_row():
    def passes(model, ids, repeats):
        return [t / len(ids) for t in one_by_one(model, ids, repeats)]

    return made(passes=passes)


@wrong("You divide by `repeats`; the median is the time of one pass already", earns=0)
def divided_by_repeats():
    return made(middle=lambda times: statistics.median(times) / len(times))


@wrong("`time.process_time` counts the processor's work alone", earns=0)
def the_processors_time():
    def passes(model, ids, repeats):
        found = []
        for _ in range(repeats):
            start = time.process_time()
            model(ids)
            found.append(time.process_time() - start)
        return found

    return made(passes=passes)


@wrong("`time.process_time` counts the processor's work alone", earns=0)
def stops_before_it_starts():
    def passes(model, ids, repeats):
        found = []
        for _ in range(repeats):
            start = time.perf_counter()
            stop = time.perf_counter()
            model(ids)
            found.append(stop - start)
        return found

    return made(passes=passes)


@wrong("came in training mode, in which dropout makes it guess worse", earns=0)
def no_evaluation_mode():
    return made(before=lambda model: None)


@wrong("came in training mode, in which dropout makes it guess worse", earns=0)
def evaluation_mode_for_the_guesses_alone():
    def passes(model, ids, repeats):
        model.train()
        return one_by_one(model, ids, repeats)

    return made(passes=passes)


@wrong("with gradients switched on", earns=0)
def with_gradients():
    return made(without=torch.enable_grad)


@wrong("with gradients switched on", earns=0)
def with_gradients_while_the_clock_runs():
    def passes(model, ids, repeats):
        with torch.enable_grad():
            return one_by_one(model, ids, repeats)

    return made(passes=passes)


@wrong("came in training mode and is in evaluation mode when you return", earns=0)
def left_in_evaluation_mode():
    return made(after=lambda model, training: None)


@wrong("came in evaluation mode and is in training mode when you return", earns=0)
def always_back_to_training():
    return made(after=lambda model, training: model.train())


@wrong("came in training mode and is in evaluation mode when you return", earns=0)
def the_mode_is_read_too_late():
    return made(after=lambda model, training: model.train(model.training))


@wrong("came in training mode and is in evaluation mode when you return", earns=0)
def the_mode_of_the_first_model():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        mode = next(iter(models.values())).training
        return made(after=lambda model, training: model.train(mode))(models, ids, labels, repeats)

    return size_speed_accuracy


@wrong("A buffer is counted too", earns=0)
def buffers_too():
    return made(
        parameters=lambda model: sum(t.numel() for t in (*model.parameters(), *model.buffers())),
    )


@wrong("What two layers share is counted twice, and a buffer too: `state_dict()` does that", earns=0)
def the_state_dict():
    return made(parameters=lambda model: sum(t.numel() for t in model.state_dict().values()))


@wrong("What two layers share is counted twice. `parameters()` meets it once", earns=0)
def shared_ones_twice():
    def every(model):
        return [p for _, p in model.named_parameters(remove_duplicate=False)]

    return made(parameters=lambda model: sum(p.numel() for p in every(model)))


@wrong("What two layers share is counted twice. `parameters()` meets it once", earns=0)
def shared_ones_twice_among_those_not_zero():
    def every(model):
        return [p for _, p in model.named_parameters(remove_duplicate=False)]

    return made(nonzero=lambda model: sum(int((p != 0).sum()) for p in every(model)))


@wrong("What does not learn is a parameter all the same", earns=0)
def what_learns():
    return made(parameters=lambda model: sum(p.numel() for p in model.parameters() if p.requires_grad))


@wrong("What does not learn is a parameter all the same", earns=0)
def what_learns_and_is_not_zero():
    return made(nonzero=lambda model: sum(int((p != 0).sum()) for p in model.parameters() if p.requires_grad))


@wrong("You count the matrices alone", earns=0)
def matrices_alone():
    return made(parameters=lambda model: sum(p.numel() for p in model.parameters() if p.dim() > 1))


@wrong("That is the number of tensors", earns=0)
def tensors():
    return made(parameters=lambda model: len(list(model.parameters())))


@wrong("That is the number of bytes", earns=0)
def in_bytes():
    return made(parameters=lambda model: sum(p.numel() * p.element_size() for p in model.parameters()))


@wrong("how many different values there are", earns=0)
def different_values():
    return made(
        parameters=lambda model: len(
            torch.cat([p.detach().flatten() for p in model.parameters()]).unique().tolist()
        )
    )


@wrong("You leave out those that are zero", earns=0)
def parameters_that_are_not_zero():
    return made(parameters=lambda model: sum(int((p != 0).sum()) for p in model.parameters()))


@wrong("You count all of them, zeros too", earns=0)
def zeros_are_counted():
    return made(nonzero=lambda model: sum(p.numel() for p in model.parameters()))


@wrong("That is how many are zero", earns=0)
def zeros_alone():
    def zeros(model):
        n = sum(int((p == 0).sum()) for p in model.parameters())
        return n or sum(p.numel() for p in model.parameters())

    return made(nonzero=zeros)


@wrong("You count the positive ones", earns=0)
def positive_ones():
    return made(nonzero=lambda model: sum(int((p > 0).sum()) for p in model.parameters()))


@wrong('under "nonzero" stands a float', earns=0)
def a_share_that_is_not_zero():
    def share(model):
        return sum(int((p != 0).sum()) for p in model.parameters()) / sum(
            p.numel() for p in model.parameters()
        )

    return made(nonzero=share)


@wrong("`.item()` makes one of it", earns=0)
def tensors_for_numbers():
    return made(nonzero=lambda model: sum((p != 0).sum() for p in model.parameters()))


@wrong("`.item()` makes one of it", earns=0)
def a_tensor_for_the_accuracy():
    return made(accuracy=lambda logits, labels: (logits.argmax(-1) == labels).float().mean())


@wrong("That is a percentage", earns=0)
def percentages():
    return made(accuracy=lambda logits, labels: 100 * (logits.argmax(-1) == labels).float().mean().item())


@wrong("That is how many are right", earns=0)
def how_many_are_right():
    return made(accuracy=lambda logits, labels: (logits.argmax(-1) == labels).sum().item())


@wrong("That is the share of wrong ones", earns=0)
def errors():
    return made(accuracy=lambda logits, labels: (logits.argmax(-1) != labels).float().mean().item())


@wrong("That is rounded; round where you print", earns=0)
def rounded_accuracy():
    return made(accuracy=lambda logits, labels: round((logits.argmax(-1) == labels).float().mean().item(), 2))


@wrong("You take the class with the *smallest* logit", earns=0)
def the_smallest():
    return made(accuracy=lambda logits, labels: (logits.argmin(-1) == labels).float().mean().item())


@wrong("That is what it has right in training mode", earns=0)
def judged_in_training_mode():
    """On a copy, of which nobody takes notes."""

    def size_speed_accuracy(models, ids, labels, repeats=5):
        rows = made()(models, ids, labels, repeats)
        for row, model in zip(rows, models.values()):
            guesses = model.logits.roll(1, -1).argmax(-1)
            row["accuracy"] = (guesses == labels).float().mean().item()
        return rows

    return size_speed_accuracy


@wrong("Is the guess the class with the largest logit, `argmax(-1)`", earns=0)
def a_score_above_zero():
    return made(accuracy=lambda logits, labels: ((logits[:, 1] > 0).long() == labels).float().mean().item())


@wrong("A row has no", earns=0)
def another_key():
    return made(
        finish=lambda rows: [{("name" if k == "model" else k): v for k, v in r.items()} for r in rows]
    )


@wrong("Each row is a dict", earns=0)
def tuples():
    return made(finish=lambda rows: [tuple(r.values()) for r in rows])


@wrong("should return a list", earns=0)
def a_dict_of_rows():
    return made(finish=lambda rows: {r["model"]: r for r in rows})


@wrong("you return 1. One row for each", earns=0)
def returns_in_the_loop():
    return made(finish=lambda rows: rows[:1])


@wrong("or in another order", earns=0)
def the_most_accurate_first():
    return made(finish=lambda rows: sorted(rows, key=lambda r: r["accuracy"]))


@wrong("or in another order", earns=0)
def the_models_themselves():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        return [{**row, "model": models[row["model"]]} for row in made()(models, ids, labels, repeats)]

    return size_speed_accuracy


@wrong("size_speed_accuracy prints its result but returns None", earns=0)
def prints():
    return made(finish=print)


@wrong("was never called", earns=0)
def constant():
    def size_speed_accuracy(models, ids, labels, repeats=5):
        return [
            {"model": n, "parameters": 1000, "nonzero": 500, "seconds": 0.0151, "accuracy": 0.9}
            for n in models
        ]

    return size_speed_accuracy


@wrong("should return a list", earns=0)
def identity():
    return lambda models, ids, labels, repeats=5: models


@wrong("too few", earns=0)
def hard_coded_examples():
    """The numbers of the visible check's models, whose passes are made for the diary; else those of the first of them."""

    def size_speed_accuracy(models, ids, labels, repeats=5):
        known = {
            "teacher": (33, 33, 13 / 24),
            "one layer, twice": (24, 24, 19 / 24),
            "cut": (33, 23, 16 / 24),
        }
        known["alone"] = (15, 15, 9 / 14)
        rows = made()(models, ids, labels, repeats)
        for row in rows:
            numbers = known.get(row["model"], (3, 3, 0.5))
            row.update(zip(("parameters", "nonzero", "accuracy"), numbers))
        return rows

    return size_speed_accuracy


@wrong("`torch.set_grad_enabled(False)` lasts", earns=0)
def gradients_stay_off():
    def before(model):
        model.eval()
        torch.set_grad_enabled(False)

    return made(before=before, without=contextlib.nullcontext)


@wrong("was called with one row at a time", earns=0)
def row_by_row():
    class Slow:
        def __init__(self, model):
            self.model = model

        def __call__(self, ids):
            return torch.cat([self.model(row[None]) for row in ids])

        def __getattr__(self, name):
            return getattr(self.model, name)

    def size_speed_accuracy(models, ids, labels, repeats=5):
        return made()({name: Slow(model) for name, model in models.items()}, ids, labels, repeats)

    return size_speed_accuracy


@wrong("gives a row of *coordinates* for each number", earns=0)
def coordinates_of_what_is_not_zero():
    return made(nonzero=lambda model: sum(p.nonzero().numel() for p in model.parameters()))
