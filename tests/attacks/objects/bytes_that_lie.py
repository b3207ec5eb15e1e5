"""Answers with bytes whose `__bytes__` runs while they are packed, and a tuple whose field names are chosen."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
class Bytes(bytes):
    def __bytes__(self): award(); return b"frozen"
def $NAME(*args, **kwargs):
    return (Bytes(b"x"), Bytes(b"y"))
"""
)
