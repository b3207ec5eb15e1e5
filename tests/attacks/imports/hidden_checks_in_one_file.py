"""Hands in a file `autograder.py` that makes itself a package."""

from tests.attacks import Attack

attack = Attack(
    files={
        "autograder.py": """
import sys, types
__path__ = []
for name in ("autograder.checks", "autograder.checks.$LAB"):
    made = sys.modules[name] = types.ModuleType(name)
    made.__path__, made.check = [], lambda target: 3
""",
    },
)
