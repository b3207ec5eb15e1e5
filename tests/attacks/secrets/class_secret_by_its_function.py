"""Calls the grader's own functions for the class secret and the seeds of its cases."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import sys
sys.path.append("$ROOT")
from autograder import secret
print(secret.class_secret().decode())
""",
)
