"""Opens the files that other processes have open, through their descriptors in /proc."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os, stat
for pid in $PIDS:
    for number in range(64):
        path = f"/proc/{pid}/fd/{number}"
        try:
            if stat.S_ISREG(os.stat(path).st_mode):
                print(open(path, errors="replace").read(100000))
        except OSError:
            pass
""",
)
