"""Imports the hidden checks and prints their source."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import inspect, sys
sys.path.append("$ROOT")
from autograder.checks import $LAB as hidden
print(inspect.getsource(hidden))
""",
)
