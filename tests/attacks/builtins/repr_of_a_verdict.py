"""Replaces `repr`, which a verdict uses to say its points."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import builtins
before = builtins.repr
builtins.repr = lambda x: "2" if type(x).__name__ == "Verdict" else before(x)
""",
)
