"""Prints the environment: its own, of libc, of its first moment, and of the process that started it."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os, subprocess
print(dict(os.environ))
print(open("/proc/self/environ", errors="replace").read())
print(subprocess.run(["env"], capture_output=True, text=True).stdout)
""",
)
