"""Hands in a package `course` beside the notebook: its check gives points."""

from tests.attacks import Attack

attack = Attack(
    files={
        "course/__init__.py": "class settings:\n    banner = staticmethod(lambda: None)\n",
        "course/checks/__init__.py": "",
        "course/checks/$LAB.py": "check = demo = lambda target: 3.0\nlab = None\n",
        "autograder/__init__.py": "",
        "autograder/checks/__init__.py": "",
        "autograder/checks/$LAB.py": "from course.checks.$LAB import check\n",
    },
    works="stock",
)
