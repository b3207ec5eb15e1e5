"""Hands in a `.pth` file with a line of code in it, and puts the notebook's folder among the site folders."""

from tests.attacks import Attack

attack = Attack(
    files={"evil.pth": "import course.checks.lab as m; m.Lab.check_cell = lambda self, target: 3.0\n"},
    cell="import os, site\nsite.addsitedir(os.getcwd())",
)
