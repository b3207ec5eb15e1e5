"""Looks for paths of the host in the table of mounts, and opens the folders they lead to, by name and by descriptor."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import os
for line in open("/proc/self/mountinfo"):
    for word in line.split():
        if word.startswith("/") and os.path.isfile(word):
            print(word)
for number in range(256):
    for path in (f"/proc/self/fd/{number}/$COURSE/gradebook.db", f"/proc/self/fd/{number}/../gradebook.db"):
        try:
            print(open(path).read())
        except OSError:
            pass
for base in ("/proc/self/root", "/proc/self/cwd/" + "../" * 20):
    try:
        print(open(f"{base}$COURSE/gradebook.db").read())
    except OSError as error:
        print(error)
""",
)
