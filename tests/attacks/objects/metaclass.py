"""Answers with an object whose type lies about its name, and whose instances say that they are tensors."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Meta(type):
    @property
    def __name__(cls): award(); return "Tensor"
    def __instancecheck__(cls, other): return True
class Thing(metaclass=Meta):
    pass
def $NAME(*args, **kwargs):
    return Thing()
"""
)
