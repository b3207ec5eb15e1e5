"""Catches the interruption that ends a call, and goes on, again and again."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="""
def $NAME(*args, **kwargs):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
