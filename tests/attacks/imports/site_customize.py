"""Hands in `sitecustomize.py` and `usercustomize.py`, which Python runs at its start where it can see them."""

from tests.attacks import Attack

MODULE = """
import sys, types
fake = types.ModuleType("autograder.checks.$LAB")
fake.check = lambda target: 3.0
sys.modules["autograder"] = sys.modules["autograder.checks"] = types.ModuleType("autograder")
sys.modules["autograder.checks.$LAB"] = fake
"""
attack = Attack(
    files={"sitecustomize.py": MODULE, "usercustomize.py": MODULE},
    works="nowhere",
    why="Python looks for them before the notebook's folder is on its path",
)
