"""Takes the answers of a student who was graded before, from files, from pipes, and from folders that are shared."""

from tests.attacks import Attack

attack = Attack(
    gains="stay",
    cell="""
import os
for folder in ("/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "/run", "/run/lock", "/home/student"):
    try:
        with open(f"{folder}/answers-$VICTIM", "w") as file:
            file.write($TOKEN)
    except OSError:
        pass
""",
    then="""
import os
for folder in ("/tmp", "/dev/shm", os.path.expanduser("~"), "/var/tmp", "/run", "/run/lock", "/home/student"):
    path = f"{folder}/answers-$VICTIM"
    if os.path.exists(path):
        print(open(path).read())
        os.unlink(path)
""",
)
