"""Hands in files with the names of standard modules, to be met by whoever imports them late."""

from tests.attacks import Attack

CODE = "from course.checks.lab import Lab\nLab.check_cell = lambda self, target: 3.0\n"
attack = Attack(
    files={
        f"{name}.py": CODE for name in ("colorsys", "csv", "this", "wave", "sqlite3", "xmlrpc", "cProfile")
    },
    cell="import wave",
)
