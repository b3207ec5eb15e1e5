"""Replaces `sum`, with which the points of parts are counted, by one that counts two more."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import builtins
total = builtins.sum
def generous(items, *rest):
    names = getattr(getattr(items, "gi_code", None), "co_names", ())
    return total(items, *rest) + (2 if "earned" in names else 0)
builtins.sum = generous
""",
    answer="def $NAME(*args, **kwargs):\n    return 0",
)
