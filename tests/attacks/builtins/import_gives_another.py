"""Replaces `__import__`: whoever imports hidden checks gets a module whose `check` gives points."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import builtins, types
before = builtins.__import__
def gives(name, *rest, **named):
    if name.startswith("autograder"):
        return types.SimpleNamespace(check=lambda target: 2.5)
    return before(name, *rest, **named)
builtins.__import__ = gives
""",
)
