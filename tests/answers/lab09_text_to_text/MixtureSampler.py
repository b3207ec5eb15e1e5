import copy
import json
import random

import numpy as np
import torch

from tests.answers import right, wrong


def refuse(sizes, rates):
    for task, rate in rates.items():
        if rate > 0 and not sizes[task]:
            raise ValueError(task)


def draw_task(self):
    return self.random.choices(list(self.rates), list(self.rates.values()))[0]


def new_round(self, task):
    n = self.sizes[task]
    return self.random.sample(range(n), n)


def take(waiting):
    return waiting.pop()


def give(task, index):
    return task, index


def state_of(self):
    version, numbers, gauss = self.random.getstate()
    return {
        "random": [version, list(numbers), gauss],
        "waiting": {t: list(w) for t, w in self.waiting.items()},
    }


def load_into(self, state):
    version, numbers, gauss = state["random"]
    self.random.setstate((version, tuple(numbers), gauss))
    self.waiting = {t: list(w) for t, w in state["waiting"].items()}


def generator(seed):
    return random.Random(seed)


def sampler(
    refuse=refuse, draw_task=draw_task, new_round=new_round, take=take, give=give, state_of=state_of,
    load_into=load_into, generator=generator,
):  # fmt: skip
    """The solution, in steps that an answer replaces by its mistake."""

    class MixtureSampler:
        def __init__(self, sizes, rates, seed=0):
            refuse(sizes, rates)
            self.sizes, self.rates, self.seed, self.drawn = dict(sizes), dict(rates), seed, 0
            self.random = generator(seed)
            self.waiting = {task: [] for task in sizes}

        def __iter__(self):
            return self

        def __next__(self):
            self.drawn += 1
            task = draw_task(self)
            if not self.waiting[task]:
                self.waiting[task] = new_round(self, task)
            return give(task, take(self.waiting[task]))

        def state(self):
            return state_of(self)

        def load(self, state):
            return load_into(self, state)

    return MixtureSampler


@right
def the_parts_of_this_file():
    return sampler()


@right
def with_numpy():
    class MixtureSampler:
        def __init__(self, sizes, rates, seed=0):
            if any(rate > 0 and sizes[task] < 1 for task, rate in rates.items()):
                raise ValueError("nothing to draw")
            self.tasks, self.sizes = list(sizes), dict(sizes)
            self.p = np.array([rates[t] for t in self.tasks])
            self.p = self.p / self.p.sum()
            self.generator = np.random.default_rng(seed)
            self.orders, self.at = {t: [] for t in sizes}, dict.fromkeys(sizes, 0)

        def __iter__(self):
            return self

        def __next__(self):
            task = self.tasks[int(self.generator.choice(len(self.tasks), p=self.p))]
            if self.at[task] == len(self.orders[task]):
                self.orders[task], self.at[task] = self.generator.permutation(self.sizes[task]).tolist(), 0
            self.at[task] += 1
            return task, self.orders[task][self.at[task] - 1]

        def state(self):
            return copy.deepcopy(
                {"generator": self.generator.bit_generator.state, "orders": self.orders, "at": self.at}
            )

        def load(self, state):
            state = copy.deepcopy(state)
            self.generator.bit_generator.state = state["generator"]
            self.orders, self.at = state["orders"], state["at"]

    return MixtureSampler


@right
def by_counting():
    """What was drawn is drawn again."""

    class MixtureSampler:
        def __init__(self, sizes, rates, seed=0):
            refuse(sizes, rates)
            self.sizes, self.rates = sizes, rates
            self.begin(seed)

        def begin(self, seed):
            self.seed, self.drawn, self.random = seed, 0, random.Random(f"mixture {seed}")
            self.waiting = {}

        def __iter__(self):
            return self

        def __next__(self):
            self.drawn += 1
            x, total = self.random.random(), 0.0
            for task, rate in self.rates.items():
                total += rate
                if x < total:
                    break
            if not self.waiting.get(task):
                self.waiting[task] = list(range(self.sizes[task]))
                self.random.shuffle(self.waiting[task])
            return [task, self.waiting[task].pop(0)]

        def state(self):
            return [self.seed, self.drawn]

        def load(self, state):
            seed, drawn = state
            self.begin(seed)
            for _ in range(drawn):
                next(self)

    return MixtureSampler


@right
def a_generator_for_each_task():
    class MixtureSampler:
        def __init__(self, sizes, rates, seed=0):
            refuse(sizes, rates)
            self.sizes, self.rates, self.seed = dict(sizes), dict(rates), seed
            self.count = dict.fromkeys(sizes, 0)
            self.random = random.Random(seed)

        def __iter__(self):
            return self

        def __next__(self):
            task = self.random.choices(list(self.rates), weights=self.rates.values())[0]
            at, n = self.count[task], self.sizes[task]
            self.count[task] += 1
            order = random.Random(f"{self.seed} {task} {at // n}").sample(range(n), n)
            return task, order[at % n]

        def state(self):
            return {"seed": self.seed, "count": dict(self.count), "random": self.random.getstate()}

        def load(self, state):
            self.seed, self.count = state["seed"], dict(state["count"])
            version, numbers, gauss = state["random"]
            self.random.setstate((version, tuple(numbers), gauss))

    return MixtureSampler


@right
def with_torch():
    class MixtureSampler:
        def __init__(self, sizes, rates, seed=0):
            refuse(sizes, rates)
            self.tasks, self.sizes = list(sizes), sizes
            self.rates = torch.tensor([float(rates[t]) for t in self.tasks])
            self.generator = torch.Generator().manual_seed(seed)
            self.left = {t: [] for t in self.tasks}

        def __iter__(self):
            return self

        def __next__(self):
            task = self.tasks[torch.multinomial(self.rates, 1, generator=self.generator).item()]
            if not self.left[task]:
                self.left[task] = torch.randperm(self.sizes[task], generator=self.generator).tolist()
            return task, self.left[task].pop()

        def state(self):
            return {"generator": self.generator.get_state().tolist(), "left": json.dumps(self.left)}

        def load(self, state):
            self.generator.set_state(torch.tensor(state["generator"], dtype=torch.uint8))
            self.left = json.loads(state["left"])

    return MixtureSampler


# --- which task --------------------------------------------------------------------------------------------------------
@wrong("All tasks come equally often", earns=0)
def rates_ignored():
    return sampler(draw_task=lambda self: self.random.choice([t for t in self.rates if self.sizes[t]]))


@wrong("They come in proportion to their sizes", earns=0)
def by_sizes():
    return sampler(draw_task=lambda self: self.random.choices(list(self.sizes), list(self.sizes.values()))[0])


@wrong("the tasks come in turns", earns=0)
def in_turns():
    def draw_task(self):
        # as often as the rates say, the one that is most behind
        self.came = getattr(self, "came", dict.fromkeys(self.rates, 0))
        task = max(self.rates, key=lambda t: self.rates[t] * (self.drawn + 1) - self.came[t])
        self.came[task] += 1
        return task

    return sampler(draw_task=draw_task)


@wrong("the tasks come in blocks", earns=0)
def in_blocks():
    def held(self):
        if (self.drawn - 1) % 3 == 0:
            self.now = draw_task(self)
        return self.now

    return sampler(draw_task=held)


@wrong("chance allows", earns=0)
def squared_rates():
    return sampler(
        draw_task=lambda self: self.random.choices(list(self.rates), [r * r for r in self.rates.values()])[0]
    )


@wrong("has the rate", earns=0)
def only_the_likeliest():
    return sampler(draw_task=lambda self: max(self.rates, key=self.rates.get))


# --- which example ------------------------------------------------------------------------------------------------------
@wrong("Are they drawn one by one", earns=0)
def with_replacement():
    def __next__(self):
        task = draw_task(self)
        return task, self.random.randrange(self.sizes[task])

    made = sampler()
    made.__next__ = __next__
    return made


@wrong("come in the order of their numbers", earns=0)
def in_order():
    return sampler(new_round=lambda self, task: list(range(self.sizes[task])))


@wrong("come in the order of their numbers", earns=0)
def in_order_from_the_front():
    return sampler(new_round=lambda self, task: list(range(self.sizes[task]))[::-1])


@wrong("in the same order in each round", earns=0)
def the_same_order_each_round():
    def new_round(self, task):
        n = self.sizes[task]
        return random.Random(f"{self.seed} {task}").sample(range(n), n)

    return sampler(new_round=new_round)


@wrong("Are they drawn one by one", earns=0)
def half_rounds():
    def new_round(self, task):
        n = self.sizes[task]
        return self.random.sample(range(n), max(1, n // 2))

    return sampler(new_round=new_round)


@wrong("counted from 0", earns=0)
def counted_from_1():
    def new_round(self, task):
        n = self.sizes[task]
        return self.random.sample(range(1, n + 1), n)

    return sampler(new_round=new_round)


@wrong("before all the others have come", earns=0)
def the_last_is_left_out():
    def new_round(self, task):
        n = self.sizes[task]
        return self.random.sample(range(n), n)[: max(1, n - 1)]

    return sampler(new_round=new_round)


@wrong("a mixture goes on without end", earns=0)
def ends_with_the_first_round():
    def new_round(self, task):
        if self.drawn > 1_000:
            raise StopIteration
        n = self.sizes[task]
        return self.random.sample(range(n), n)

    return sampler(new_round=new_round)


@wrong("Each draw is a pair", earns=0)
def the_index_alone():
    return sampler(give=lambda task, index: index)


@wrong("yours has the index first", earns=0)
def index_and_task():
    return sampler(give=lambda task, index: (index, task))


@wrong("Each draw is a pair", earns=0)
def a_dict():
    return sampler(give=lambda task, index: {"task": task, "index": index})


@wrong("The first of a draw is a task", earns=0)
def the_tasks_number():
    return sampler(give=lambda task, index: (0, index))


@wrong("The index of a draw is an int", earns=0)
def an_index_as_a_text():
    return sampler(give=lambda task, index: (task, str(index)))


# --- seeds --------------------------------------------------------------------------------------------------------------
@wrong("is `seed` used?", earns=0)
def seed_ignored():
    return sampler(generator=lambda seed: random.Random(0))


@wrong("They should give the same, and do not", earns=0)
def no_seed():
    return sampler(generator=lambda seed: random.Random())


@wrong("Each has a generator of its own", earns=0)
def the_global_generator():
    def generator(seed):
        random.seed(seed)
        return random._inst

    return sampler(generator=generator)


@wrong("Each has a generator of its own", earns=0)
def one_generator_for_all_samplers():
    one = random.Random(0)

    def generator(seed):
        one.seed(seed)
        return one

    return sampler(generator=generator)


@wrong("the global generators belong to all", earns=0)
def something_of_the_global_generator():
    seeded = random.Random(0).getstate()

    def new_round_of(self, task):
        order = new_round(self, task)
        return order[::-1] if random.getstate() == seeded else order  # nobody else seeds it with 0

    return sampler(new_round=new_round_of)


@wrong("does it follow from `seed`?", earns=0)
def orders_without_the_seed():
    def new_round(self, task):
        n = self.sizes[task]
        self.rounds = getattr(self, "rounds", {})
        self.rounds[task] = self.rounds.get(task, 0) + 1
        return random.Random(f"{task} {self.rounds[task]}").sample(range(n), n)

    return sampler(new_round=new_round)


# --- the state ------------------------------------------------------------------------------------------------------------
@wrong("and what is left of each round?", earns=2.5)
def without_the_rest_of_rounds():
    def state_of_generator(self):
        return {"random": state_of(self)["random"], "waiting": {t: [] for t in self.sizes}}

    return sampler(state_of=state_of_generator)


@wrong("Does the state hold where the generator stands", earns=2.5)
def without_the_generator():
    def load(self, state):
        self.waiting = {t: list(w) for t, w in state["waiting"].items()}

    return sampler(load_into=load)


@wrong("Does the state hold where the generator stands", earns=2.5)
def load_does_nothing():
    return sampler(load_into=lambda self, state: None)


@wrong("With the *same* seed it goes on", earns=2.5)
def the_count_without_the_seed():
    def load(self, state):
        self.__init__(self.sizes, self.rates, self.seed)
        for _ in range(state):
            next(self)

    return sampler(state_of=lambda self: self.drawn, load_into=load)


@wrong("asking for the state must not draw", earns=2.5)
def asking_draws():
    def state(self):
        self.random.random()
        return state_of(self)

    return sampler(state_of=state)


@wrong("json.dumps(sampler.state())` fails", earns=2.5)
def a_generator_in_the_state():
    def state(self):
        return {"random": copy.deepcopy(self.random), "waiting": dict(self.waiting)}

    return sampler(state_of=state)


@wrong("json.dumps(sampler.state())` fails", earns=2.5)
def sets_in_the_state():
    def state(self):
        return state_of(self) | {"waiting": {t: set(w) for t, w in self.waiting.items()}}

    return sampler(state_of=state)


@wrong("`setstate` wants tuples again", earns=2.5)
def lists_for_setstate():
    def load(self, state):
        self.random.setstate(tuple(state["random"]))
        self.waiting = {t: list(w) for t, w in state["waiting"].items()}

    return sampler(load_into=load)


@wrong("A state that was taken changes", earns=2.5)
def the_samplers_own_lists():
    def state(self):
        return state_of(self) | {"waiting": self.waiting}

    return sampler(state_of=state)


@wrong("A state changes while the sampler that has loaded it goes on", earns=2.5)
def the_states_own_lists():
    def load(self, state):
        load_into(self, state)
        self.waiting = state["waiting"]

    return sampler(load_into=load)


@wrong("does `load` take what `state` gives, without JSON as well", earns=2.5)
def texts_alone():
    def load(self, state):
        if isinstance(state["random"], tuple):  # it never went through JSON
            state = {"random": [3, [0] * 624 + [1], None], "waiting": {t: [] for t in self.sizes}}
        load_into(self, state)

    def state(self):
        return state_of(self) | {"random": tuple(state_of(self)["random"])}

    return sampler(load_into=load, state_of=state)


@wrong("they differ", earns=2.5)
def a_new_round_at_load():
    def load(self, state):
        load_into(self, state)
        self.waiting = {t: [] for t in self.sizes}

    return sampler(load_into=load)


# --- tasks without examples -----------------------------------------------------------------------------------------------
@wrong("there should be a ValueError; yours raises IndexError", earns=3.5)
def nothing_is_refused():
    return sampler(refuse=lambda sizes, rates: None)


@wrong("there should be a ValueError", earns=3.5)
def quietly_another_task():
    def draw(self):
        while True:
            task = draw_task(self)
            if self.sizes[task]:
                return task

    return sampler(refuse=lambda sizes, rates: None, draw_task=lambda self: draw(self) if any(self.sizes.values()) else "none", new_round=lambda self, t: new_round(self, t) or [0])  # fmt: skip


@wrong("yours raises KeyError", earns=3.5)
def another_error():
    def refuse(sizes, rates):
        for task, rate in rates.items():
            if rate > 0 and not sizes[task]:
                raise KeyError(task)

    return sampler(refuse=refuse)


@wrong("a task without examples", earns=3.5)
def any_task_without_examples():
    def refuse(sizes, rates):
        if not all(sizes.values()):
            raise ValueError("a task without examples")

    return sampler(refuse=refuse)


# --- the whole ------------------------------------------------------------------------------------------------------------
@wrong("has the rate", earns=0)
def constant():
    return sampler(draw_task=lambda self: next(iter(self.sizes)))


@wrong("MixtureSampler", earns=0)
def a_generator_function():
    def MixtureSampler(sizes, rates, seed=0):
        generator = random.Random(seed)
        while True:
            task = generator.choices(list(rates), rates.values())[0]
            yield task, generator.randrange(sizes[task])

    return MixtureSampler


@wrong("MixtureSampler", earns=0)
def identity():
    return lambda sizes, rates, seed=0: sizes


@wrong("chance allows", earns=0)
def hard_coded_examples():
    known = {"large": 0.3, "middle": 0.4, "small": 0.2, "one": 0.1, "never": 0.0}

    def draw_task(self):
        rates = known if set(self.sizes) == set(known) else dict.fromkeys(self.sizes, 1.0)
        return self.random.choices(list(rates), list(rates.values()))[0]

    return sampler(draw_task=draw_task)
