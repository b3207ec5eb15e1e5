"""Random choices that come out the same on every platform and Python version.

Only `random.Random.random()` is used, seeded by a string: those two are documented to be reproducible for ever, whereas
`choice`, `shuffle` and `sample` have changed between Python versions.
"""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded stream of choices. Dice(seed, "people") and Dice(seed, "towns") are independent streams."""

    def __init__(self, *key: object):
        self.random = random.Random("/".join(map(str, key))).random  # float in [0, 1)

    def below(self, n: int) -> int:
        """A whole number from 0 to n - 1."""
        return int(self.random() * n)

    def chance(self, p: float) -> bool:
        """True with probability p."""
        return self.random() < p

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self.random() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A new list in random order (Fisher and Yates)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = int(self.random() * (i + 1))
            out[i], out[j] = out[j], out[i]
        return out

    def take(self, items: Sequence[T], n: int) -> list[T]:
        """n different items, in random order; all of them when there are fewer."""
        return self.shuffled(items)[:n]

    def pair(self, items: Sequence[T]) -> tuple[T, T]:
        """Two different items; faster than take(items, 2)."""
        i = int(self.random() * len(items))
        j = int(self.random() * (len(items) - 1))
        return items[i], items[j + (j >= i)]
