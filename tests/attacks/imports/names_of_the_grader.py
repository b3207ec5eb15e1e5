"""Hands in files with the names of the grader's own modules, and of what they import, and imports some of them."""

from tests.attacks import Attack

CODE = "from course.checks.verdict import Verdict\nVerdict.__repr__ = lambda self: '3'\n"
attack = Attack(
    files={
        f"{name}.py": CODE
        for name in ("engine", "kernel", "records", "restore", "sandbox", "nbclient", "pool")
    },
    cell="import engine, records",
)
