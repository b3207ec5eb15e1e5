"""Reads the environment of every process in sight."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os
for pid in $PIDS:
    for name in ("environ", "cmdline", "comm", "status"):
        try:
            print(pid, open(f"/proc/{pid}/{name}", errors="replace").read())
        except OSError as error:
            print(error)
""",
)
