"""Registers a callback with the garbage collector and makes it run all the time."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
import gc
gc.set_threshold(1)
gc.callbacks.append(lambda phase, about: award())
""",
    answer="def $NAME(*args, **kwargs):\n    return [[] for _ in range(1000)]",
    limits={"submission": 60.0},  # with a collection at every object an import of transformers takes minutes
)
