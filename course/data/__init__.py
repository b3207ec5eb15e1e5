"""Text to learn from: the micro-world, the tasks made from it, and loaders for real data sets.

from course import microworld, load_task, load_squad
from course.data import RUNNING_SENTENCE, DataError
"""

RUNNING_SENTENCE = (
    "the legislators believed that they were on the right side of history, so they changed the law"
)
"""The sentence every chapter comes back to. A window of 2 around *right* ends at "side of"."""


class DataError(ValueError):
    """Data or a model that cannot be had: one sentence that says what, where, and what to do."""


__all__ = ["RUNNING_SENTENCE", "DataError"]
