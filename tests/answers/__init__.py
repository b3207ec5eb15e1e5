"""Answers to every exercise, filed by what they must get: `tests/answers/<lab>/<exercise>.py`.

    @wrong("look at what you divide by")
    def divides_by_the_padded_length():
        def masked_mean(hidden, attention_mask): ...
        return masked_mean

Each is a factory that returns the answer. `wrong(fragment)` must lose marks with a message that holds the fragment, and
earn exactly `earns` where that is given; `right` must lose none.
"""

import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """One answer: its name, its factory, and the fragment of the message it must get (None: it must earn everything)."""

    name: str
    make: object
    fragment: str | None = None
    earns: float | None = None


def wrong(fragment, earns=None):
    """Mark an answer that must lose marks, with this text in its message."""
    return lambda make: Variant(make.__name__, make, fragment, earns)


def right(make):
    """Mark an answer that must earn everything."""
    return Variant(make.__name__, make)


def variants(lab, exercise) -> dict[str, Variant]:
    """The answers filed for an exercise, by name."""
    module = importlib.import_module(f"tests.answers.{lab}.{exercise}")
    return {v.name: v for v in vars(module).values() if isinstance(v, Variant)}
