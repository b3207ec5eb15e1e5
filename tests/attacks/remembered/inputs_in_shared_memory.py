"""Keeps what a hidden check passed in memory that forks share, in a pipe and in a socket, and shows it in a cell at the end."""

from tests.attacks import BY_HEART, Attack

attack = Attack(
    gains="text",
    cell="""
import mmap, os, pickle, socket
shared, (near, far), (read, write) = mmap.mmap(-1, 1 << 16), socket.socketpair(), os.pipe()
for end in (near, far):
    end.setblocking(False)
os.set_blocking(read, False)
""",
    answer=BY_HEART
    + """
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
