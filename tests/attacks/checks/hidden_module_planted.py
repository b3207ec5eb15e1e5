"""Puts a module of its own under the hidden checks' name, so that importing them gives a check that always has points."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import sys, types
fake = types.ModuleType("autograder.checks.$LAB")
fake.check = lambda target: 3.0
for name in ("autograder", "autograder.checks"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["autograder.checks.$LAB"] = fake
""",
)
