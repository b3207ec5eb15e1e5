"""Catches the interruption, goes on for a while, and then answers as if nothing had been."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="""
import time
def $NAME(*args, **kwargs):
    end = time.monotonic() + 0.8
    while time.monotonic() < end:
        try:
            time.sleep(0.05)
        except BaseException:
            pass
    return args[0]
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
