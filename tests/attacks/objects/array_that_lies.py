"""Answers with an array whose `__array_finalize__`, `__array__` and `__array_ufunc__` are its own."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import numpy as np
class Array(np.ndarray):
    def __array_finalize__(self, other): award()
    def __array__(self, *rest, **named): award(); return np.ones((2, 2))
    def __array_ufunc__(self, *rest, **named): award(); return True
    @property
    def dtype(self): award(); return np.dtype("float32")
def $NAME(*args, **kwargs):
    made = np.ones((2, 2)).view(Array)
    made.parent = made[:1]
    return made
"""
)
