"""Hangs a finaliser on what it was given: it runs inside the check, when the check lets go of it."""

from tests.attacks import AWARD, Attack

attack = Attack(
    answer=AWARD
    + """
import weakref
def $NAME(*args, **kwargs):
    weakref.finalize(args[0], award)
    weakref.finalize(args[1], award)
    return None
""",
)
