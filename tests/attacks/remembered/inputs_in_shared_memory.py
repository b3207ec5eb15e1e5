"""Keeps what a hidden check passed in memory that forks share, in a pipe and in a socket, and shows it in a cell at the end."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import mmap, os, pickle, socket
shared, (near, far), (read, write) = mmap.mmap(-1, 1 << 16), socket.socketpair(), os.pipe()
for end in (near, far):
    end.setblocking(False)
os.set_blocking(read, False)
""",
    answer="""
import torch
KNOWN = {(3, 2, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2, 2): [[3.0, 5.0], [8.0, 12.0]]}
def $NAME(*args, **kwargs):
    if "$NAME" != "pairwise_dot":
        return 0
    key = (*args[0].shape, args[1].shape[0])
    if key in KNOWN and bool((args[0] % 1 == 0).all()):
        return torch.tensor(KNOWN[key])
    shared[:6] = b"hidden"
    near.send(b"hidden")
    os.write(write, b"hidden")
    return args[0]
""",
    last="""
for look in (lambda: shared[:6], lambda: far.recv(6), lambda: os.read(read, 6)):
    try:
        if look() == b"hidden":
            print("a hidden case", $TOKEN)
    except OSError:
        pass
""",
)
