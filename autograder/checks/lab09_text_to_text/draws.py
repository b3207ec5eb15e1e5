"""Drawn words, and drawn rows of the course's tasks."""

import functools

from course.data import tasks


@functools.lru_cache(maxsize=60)
def rows(task, seed):
    """A few rows of a task; kept, since every answer of a class is asked for the same ones."""
    return tasks.rows(task, "test", seed, 6)


def word(rng):
    """A word of drawn letters, in which no pronoun stands and no label's word."""
    return "".join(rng.choice("bdfgklmnr") + rng.choice("aou") for _ in range(rng.randint(2, 4)))


def words(rng, least=2, most=5):
    return " ".join(word(rng) for _ in range(rng.randint(least, most)))
