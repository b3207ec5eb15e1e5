"""Kills every process in sight, and the grader by its number outside."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import os, signal
for pid in $PIDS:
    if pid not in (0, os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError as error:
            print(error)
""",
)
