"""What a decoder asks for the next token: models as functions `step`, whose guesses are known; a cache that is driven from outside; ways to write, timed."""

import time

from . import helper
from .language import Continues


class Step:
    """long (batch, time) -> logits of the next token, float (batch, vocabulary). It notes how often it is called, and with how long texts."""

    def __init__(self, logits):
        """logits: a function from ids, long (batch, time)."""
        self.logits, self.calls = logits, []

    def __call__(self, ids):
        self.calls.append(int(ids.shape[1]))
        return self.logits(ids)

    def tell(self):
        """The length of the texts of each call, in their order."""
        return self.calls


@helper
def step_after(table):
    """A `Step` that looks at the last token alone. table: float (vocabulary, vocabulary), the logits after each token."""
    return Step(lambda ids: table[ids[:, -1]])


@helper
def step_reading(vectors, places, sharp=1.0):
    """A `Step` whose logits depend on all that was read. vectors, places: as `Continues` takes them; sharp: times the logits."""
    model = Continues(vectors, places, 0.7).eval()
    return Step(lambda ids: sharp * model(ids)[:, -1])


class Driven:
    """A student's cache, and what several operations in a row make of it."""

    def __init__(self, cache):
        self.cache, self.made = cache, {}

    def play(self, operations):
        """A list of results. operations: lists [name, …]:

        ["len"] -> int; ["attend", layer, queries, keys, values, bias] -> float tensor, with bias None it is left out;
        ["memory", layer, keys, values] -> (keys, values, how often they were made for this layer so far);
        ["rewind", length] -> "ValueError" or None; ["choose", rows] -> None.
        """
        return [getattr(self, f"_{name}")(*given) for name, *given in operations]

    def _len(self):
        return len(self.cache)

    def _attend(self, layer, queries, keys, values, bias):
        more = () if bias is None else (bias,)
        return self.cache.attend(layer, queries, keys, values, *more)

    def _memory(self, layer, keys, values):
        def make():
            self.made[layer] = self.made.get(layer, 0) + 1
            return keys, values

        return self.cache.memory(layer, make), self.made.get(layer, 0)

    def _rewind(self, length):
        try:
            self.cache.rewind(length)
        except ValueError:
            return "ValueError"

    def _choose(self, rows):
        self.cache.choose(rows)


@helper
def driven(cache):
    """A `Driven` around an object that the student's code made."""
    return Driven(cache)


class Ways:
    """Ways to write that take as long as was decided, and a diary of their calls."""

    def __init__(self, ways):
        """ways: for each name a list of (seconds, ids), one for each call; after the last the last again."""
        self.notes, self.ways, self.counts = [], ways, dict.fromkeys(ways, 0)

    def way(self, name):
        """The function of a way."""

        def write():
            began = time.perf_counter()
            seconds, ids = self.ways[name][min(self.counts[name], len(self.ways[name]) - 1)]
            self.counts[name] += 1
            while time.perf_counter() - began < seconds:
                time.sleep(1e-4)
            self.notes.append({"way": name, "began": began, "ended": time.perf_counter()})
            return ids.clone()

        return write

    def tell(self):
        """(the diary, the time at which this is asked)."""
        return self.notes, time.perf_counter()


@helper
def timed_ways(ways):
    """[a `Ways`, and the function of each way]."""
    made = Ways(ways)
    return [made, *(made.way(name) for name in ways)]
