"""Writes what it was asked to a file, dies, and finds the file again in the fresh kernel that judges the next exercise."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import os, pickle
for folder in (".", "/tmp", "/dev/shm"):
    path = f"{folder}/kept-$VICTIM.pickle"
    if os.path.exists(path):
        print("found from before", $TOKEN)
        os.unlink(path)
""",
    answer="""
def $NAME(*args, **kwargs):
    for folder in (".", "/tmp", "/dev/shm"):
        with open(f"{folder}/kept-$VICTIM.pickle", "wb") as file:
            pickle.dump(repr(args), file)
    os._exit(3)
""",
    then="""
import os
for folder in (".", "/tmp", "/dev/shm"):
    path = f"{folder}/kept-$VICTIM.pickle"
    if os.path.exists(path):
        print("found from before", $TOKEN)
        os.unlink(path)
""",
    gains="stay",
)
