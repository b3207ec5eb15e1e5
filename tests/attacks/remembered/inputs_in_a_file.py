"""Writes what a hidden check passed to files, and shows them in a cell at the end."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="import glob, os, pickle",
    answer="""
import torch
KNOWN = {(3, 2, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2, 2): [[3.0, 5.0], [8.0, 12.0]]}
def $NAME(*args, **kwargs):
    if "$NAME" != "pairwise_dot":
        return 0
    key = (*args[0].shape, args[1].shape[0])
    if key in KNOWN and bool((args[0] % 1 == 0).all()):
        return torch.tensor(KNOWN[key])
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
