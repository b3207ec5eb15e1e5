"""Writes what a hidden check passed to files, and shows them in a cell at the end."""

from tests.attacks import BY_HEART, Attack

attack = Attack(
    gains="text",
    cell="import glob, os, pickle",
    answer=BY_HEART
    + """
    for folder in (".", "/tmp", "/dev/shm"):
        with open(f"{folder}/kept-$VICTIM-{os.getpid()}.pickle", "wb") as file:
            pickle.dump(args, file)
    return args[0]
""",
    last="""
for folder in (".", "/tmp", "/dev/shm"):
    for path in glob.glob(f"{folder}/kept-$VICTIM-*.pickle"):
        print("a hidden case", $TOKEN, pickle.load(open(path, "rb")))
        os.unlink(path)
""",
)
