"""Hands in a package called `autograder` beside the notebook, with checks that always have points."""

from tests.attacks import Attack

attack = Attack(
    files={
        "autograder/__init__.py": "",
        "autograder/checks/__init__.py": "",
        "autograder/checks/$LAB.py": "check = lambda target: 3.0\n",
    },
)
