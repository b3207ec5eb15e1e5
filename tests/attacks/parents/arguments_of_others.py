"""Asks the system's own tools for the arguments of all processes."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import subprocess
for pid in $PIDS:
    print(subprocess.run(f"cat /proc/{pid}/cmdline; ps -o args= -p {pid} e", shell=True, capture_output=True).stdout.decode(errors="replace"))
""",
)
