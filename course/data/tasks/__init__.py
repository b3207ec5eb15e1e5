"""Tasks made from the micro-world, as rows whose label is known to be true and says why.

A task is a module of this package with `make(split, seed, n=None) -> rows`, and its name in `TASKS`; `course.load_task` turns the rows
into a Dataset. A module's docstring lists its columns.
"""

from importlib import import_module
from typing import Any

SPLITS = ("train", "validation", "test")
TASKS = (
    "acceptability", "answerability", "closed_book", "coreference", "duplicates", "entailment", "entities",
    "paraphrase", "questions", "sentiment", "similarity", "summaries", "translation",
)  # fmt: skip

Row = dict[str, Any]


def rows(name: str, split: str, seed: int, n: int | None = None) -> list[Row]:
    """All rows of a split of a task in `TASKS`; or n made in the same way of the same people. Raises ValueError for a bad seed."""
    from course.data.microworld import microworld

    microworld(seed)
    return import_module(f"course.data.tasks.{name}").make(split, seed, n)
