"""Reads through the working folder and the root of other processes, which may see more of the system."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
for pid in $PIDS:
    for path in (f"/proc/{pid}/cwd/gradebook.db", f"/proc/{pid}/root$COURSE/gradebook.db", f"/proc/{pid}/root$COURSE/.class-secret"):
        try:
            print(open(path).read())
        except OSError as error:
            print(error)
""",
)
