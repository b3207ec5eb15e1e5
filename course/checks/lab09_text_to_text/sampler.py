"""The check of `MixtureSampler`: thousands of draws, counted; and a state that is kept, sent through JSON and taken up again."""

import math
from collections import Counter
from itertools import pairwise

from .. import Handle, StudentError, helper_for, part, require
from ..sentences import describe
from ..usual import ended
from . import lab

DEVIATIONS = 5.5  # standard ones: a right sampler is further off in one of some ten million trials
CHANCE = 12  # examples of which two random orders are not the same by chance (1 in 479 million)


class Drawn:
    """A student's sampler, and what is drawn from it."""

    def __init__(self, student, sizes, rates, **seed):
        self.sizes, self.rates = sizes, rates
        handle = student(dict(sizes), dict(rates), **seed)
        require(isinstance(handle, Handle), "MixtureSampler(...) should make an object of the class.")
        self.far = student.build(helper_for("draws", sampler=handle))

    def take(self, n, disturbed=False):
        """The next n draws, (task, index) each, of the right form."""
        try:
            found = self.far.take(n, disturbed)
        except StudentError as error:
            require(
                not error.is_a("StopIteration"),
                "After some draws it ends with StopIteration; a mixture goes on without end: when all examples of a task have come, they come in another order.",
            )
            raise
        require(isinstance(found, list), "The draws of your sampler cannot be read.")
        for draw in found:
            good = isinstance(draw, (tuple, list)) and len(draw) == 2
            require(good, "Each draw is a pair, (task, index); yours is {what}.", what=describe(draw))
            task, index = draw
            turned = isinstance(index, str) and not isinstance(task, str)
            require(not turned, "Each draw is (task, index), in this order; yours has the index first.")
            require(
                isinstance(task, str) and task in self.sizes,
                "The first of a draw is a task, one of {tasks}; yours is {what}.",
                tasks=", ".join(self.sizes), what=describe(task),
            )  # fmt: skip
            require(
                isinstance(index, int) and not isinstance(index, bool),
                "The index of a draw is an int; yours is {what}.",
                what=describe(index),
            )
            size = self.sizes[task]
            require(
                0 <= index < size,
                "Of {size} examples of {task} yours draws number {index}; they are counted from 0 to {last}.",
                size=size, task=task, index=index, last=size - 1,
            )  # fmt: skip
        return [tuple(draw) for draw in found]

    def keep(self):
        """The state, as JSON's text."""
        try:
            text = self.far.keep()
        except StudentError as error:
            require(
                not (error.is_a("TypeError") and "JSON" in error.message),
                "`json.dumps(sampler.state())` fails: {message}. Dicts, lists, texts, numbers and None can be written; a generator has `getstate()`.",
                message=error.message,
            )
            require(
                not (error.is_a("ValueError") and "Circular" in error.message),
                "`json.dumps(sampler.state())` fails: something in the state holds itself.",
            )
            raise
        require(isinstance(text, str), "The state cannot be read.")
        return text

    def load(self, text):
        """Go on from a state."""
        try:
            self.far.load(text)
        except StudentError as error:
            require(
                not (error.is_a("TypeError") and "tuple" in error.message),
                "`load` fails with a state that went through JSON, which makes lists of tuples: {message}. `setstate` wants tuples again.",
                message=error.message,
            )
            raise


def require_rates(drawn, draws):
    """Require the tasks' shares, and that each draw knows nothing of the one before it."""
    n, count = len(draws), Counter(task for task, _ in draws)
    total = sum(drawn.sizes.values())
    for task, rate in drawn.rates.items():
        got, room = count[task], DEVIATIONS * math.sqrt(n * rate * (1 - rate))
        others = [
            (1 / len(drawn.rates), "Are `rates` used? All tasks come equally often"),
            (1 / max(1, sum(r > 0 for r in drawn.rates.values())), "Are `rates` used? All tasks come equally often"),
            (drawn.sizes[task] / total, "Are `rates` used? They come in proportion to their sizes"),
        ]  # fmt: skip
        near = [said for share, said in others if abs(got - n * share) <= DEVIATIONS * math.sqrt(n * share * (1 - share)) + 1]  # fmt: skip
        require(
            abs(got - n * rate) <= room,
            "{task} has the rate {rate:.3f}, and {got} of {n} draws; chance allows {low:.0f} to {high:.0f}. {known}",
            task=task, rate=rate, got=got, n=n, low=max(0, n * rate - room), high=min(n, n * rate + room),
            known=ended(near[0] if near else "A task with the rate 0 is never drawn" if not rate else "The task is drawn each time by the rates"),
        )  # fmt: skip
    same = sum(a == b for (a, _), (b, _) in pairwise(draws))
    square, cube = (sum(rate**k for rate in drawn.rates.values()) for k in (2, 3))
    room = DEVIATIONS * math.sqrt((n - 1) * max(0.0, square - square**2 + 2 * (cube - square**2)))
    require(
        abs(same - (n - 1) * square) <= room + 1e-6,
        "The shares are right, but {same} of {n} draws have the task of the one before, and about {mean:.0f} should: {known}.",
        same=same, n=n, mean=(n - 1) * square,
        known="the tasks come in turns, and each draw should know nothing of the one before" if same < (n - 1) * square else "the tasks come in blocks, and each draw should know nothing of the one before",
    )  # fmt: skip


def require_rounds(drawn, draws):
    """Require that all examples of a task come before any comes again, each round in another order."""
    for task, size in drawn.sizes.items():
        indices = [index for name, index in draws if name == task]
        rounds = [indices[i : i + size] for i in range(0, len(indices), size)]
        for number, each in enumerate(rounds):
            twice = next((i for i, times in Counter(each).items() if times > 1), None)
            require(
                twice is None,
                "Of the {size} examples of {task}, number {twice} comes again in round {number}, before all the others have come.{hint}",
                size=size, task=task, twice=twice, number=number + 1,
                hint=" Are they drawn one by one, each time from all of them?" if not number else " Is the rest of a round thrown away, or does a new one begin too early or too late?",
            )  # fmt: skip
        whole = [each for each in rounds if len(each) == size]
        if size < CHANCE or not whole:
            continue
        inside = list(range(size))
        require(
            inside not in whole and inside[::-1] not in whole,
            "The examples of {task} come in the order of their numbers; each round is in a random order.",
            task=task,
        )
        require(
            all(a != b for a, b in pairwise(whole)),
            "The examples of {task} come in the same order in each round; each round has another one.",
            task=task,
        )


def require_seeds(student, sizes, rates, n):
    """Require the same sequence for the same seed, whatever happens outside, and another for another."""
    first, again = (Drawn(student, sizes, rates, seed=11) for _ in range(2))
    draws = first.take(n)
    side = Drawn(student, sizes, rates, seed=12)
    other, mine = [], []
    for _ in range(n // 10):
        mine += again.take(10)
        other += side.take(10)
    require(
        mine == draws[: len(mine)],
        "Two samplers with seed=11: one is drawn from alone, the other in turns with a third one. They should give the same, and do not. Each has a generator of its own, from `seed`.",
    )
    disturbed = Drawn(student, sizes, rates, seed=11).take(n, disturbed=True)
    require(
        disturbed == draws,
        "With seed=11 the sequence is another one where somebody calls `random.seed`, `np.random.seed` or `torch.manual_seed` in between: the global generators belong to all. Make one of your own.",
    )
    require(
        [task for task, _ in mine] != [task for task, _ in other],
        "With seed=11 and seed=12 the tasks come in the same order: is `seed` used?",
    )
    for task, size in sizes.items():
        orders = [[i for name, i in seen if name == task][:size] for seen in (mine, other)]
        if size >= CHANCE and min(map(len, orders)) == size:
            require(
                orders[0] != orders[1],
                "With seed=11 and seed=12 the examples of {task} come in the same order: does it follow from `seed`?",
                task=task,
            )


def judge_state(student, sizes, rates, after):
    """Require that a state goes on exactly. after: numbers of draws after which it is taken."""
    n = 150
    for draws in after:
        first = Drawn(student, sizes, rates, seed=5)
        first.take(draws)
        text = first.keep()
        onward = first.take(n)
        plain = Drawn(student, sizes, rates, seed=5)
        require(
            plain.take(draws + n)[draws:] == onward,
            "After `state()` was called the sequence goes on otherwise than without it: asking for the state must not draw.",
        )
        for seed in (5, 6):
            again = Drawn(student, sizes, rates, seed=seed)
            again.take(7)
            again.load(text)
            found = again.take(n)
            same = next((i for i, (a, b) in enumerate(zip(onward, found, strict=True)) if a != b), n)
            tasks = [task for task, _ in found] == [task for task, _ in onward]
            require(
                same == n,
                "A state is taken after {draws} draws and loaded into a sampler with seed={seed}, after 7 draws of its own: {same} draws are the same, and then they differ.{hint}",
                draws=draws, seed=seed, same=same,
                hint=" The tasks are the same, and the examples are not: what is left of each round belongs to the state." if tasks
                else " With the *same* seed it goes on; the state has to hold all that is needed, or say which seed it was." if seed == 6
                else " Does the state hold where the generator stands, and what is left of each round?",
            )  # fmt: skip


def judge_copies(student, sizes, rates, draws):
    """Require that states are apart from the samplers that gave them and took them."""
    first = Drawn(student, sizes, rates, seed=8)
    first.take(draws)
    text = first.keep()
    onward = first.take(60)
    hint = "a list in it is the sampler's own: copy what goes out, and what comes in"
    require(
        first.far.kept() == text,
        "A state that was taken changes while the sampler goes on: {hint}.",
        hint=hint,
    )
    second, third = (Drawn(student, sizes, rates, seed=seed) for seed in (9, 10))
    for sampler, name in ((second, "first"), (third, "second")):
        sampler.far.load_from(first.far)
        found = sampler.take(60)
        require(
            found == onward,
            "One state is loaded into two samplers, one after the other, without JSON in between. The {name} goes on otherwise than the sampler that gave it: {hint}.",
            name=name, hint=hint if name == "second" else "does `load` take what `state` gives, without JSON as well",
        )  # fmt: skip
        require(
            first.far.kept() == text,
            "A state changes while the sampler that has loaded it goes on: {hint}.",
            hint=hint,
        )
    first.load(text)
    require(
        first.take(60) == onward,
        "A sampler that loads an earlier state of its own should go back to where it was; yours goes on otherwise.",
    )


def judge_errors(student, cases):
    """Require a ValueError where something is to be drawn from nothing. cases: pairs of sizes and rates."""
    for sizes, rates in cases:
        error = student.error(dict(sizes), dict(rates))
        if error is None:
            try:
                Drawn(student, sizes, rates).far.take(200)
            except StudentError as later:
                error = later
        told = f"sizes={sizes} and rates={rates}"
        require(error is not None, "With {told} there should be a ValueError.", told=told)
        require(
            error.is_a("ValueError"),
            "With {told} there should be a ValueError; yours raises {type}.",
            told=told, type=error.type or "another error",
        )  # fmt: skip


def judge_empty(student):
    """Require that a task without examples is no mistake where it is never drawn."""
    empty = Drawn(student, {"a": 3, "b": 0}, {"a": 1.0, "b": 0.0})
    require(
        {task for task, _ in empty.take(50)} == {"a"},
        "A task with the rate 0 and no examples is no mistake, and is never drawn.",
    )


SIZES = {"large": 300, "middle": 40, "small": 13, "one": 1, "never": 20}
RATES = {"large": 0.3, "middle": 0.4, "small": 0.2, "one": 0.1, "never": 0.0}


@lab.check(points=4)
def MixtureSampler(student):
    drawn = Drawn(student, SIZES, RATES)
    draws = drawn.take(4_000)
    require_rates(drawn, draws)
    require_rounds(drawn, draws)
    require_seeds(student, SIZES, RATES, 400)
    with part("stopped and taken up again", points=1.5):
        judge_state(student, SIZES, RATES, (0, 100, 333))
        judge_copies(student, SIZES, RATES, 50)
    with part("a task without examples", points=0.5):
        judge_errors(student, [({"a": 3, "b": 0}, {"a": 0.5, "b": 0.5})])
        judge_empty(student)
