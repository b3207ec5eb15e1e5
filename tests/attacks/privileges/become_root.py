"""Sets its user and group to root, in every way there is, and runs programs that are installed with root's rights."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os, subprocess
for what in (os.setuid, os.seteuid, os.setgid):
    try:
        what(0)
        print("root", $TOKEN)
    except OSError as error:
        print(error)
for command in ("su -c id", "sudo -n id", "mount", "newgrp root -c id", "passwd -S root"):
    done = subprocess.run(command, shell=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=5)
    if b"uid=0" in done.stdout:
        print("root", $TOKEN)
""",
    works="nowhere",
    why="without walls it has the rights of whoever grades, and needs no others",
)
