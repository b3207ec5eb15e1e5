"""Replaces `__build_class__`, so that the verdict's class, made again, has a `__repr__` of the attacker's."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import builtins, importlib
before = builtins.__build_class__
def build(function, name, *bases, **named):
    made = before(function, name, *bases, **named)
    if name == "Verdict":
        made.__repr__ = lambda self: "3"
    return made
builtins.__build_class__ = build
import course.checks.lab as machinery
import course.checks.verdict as verdict
machinery.Verdict = importlib.reload(verdict).Verdict
""",
)
