"""Holds the interpreter's lock in a loop of C, so that no other thread of its process ever runs."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="def $NAME(*args, **kwargs):\n    return 7 ** (10 ** 9)",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
