"""Leaves a segment of shared memory, which outlives every process, with answers in it for the next student."""

from tests.attacks import Attack

attack = Attack(
    gains="stay",
    cell="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
place = libc.shmat(libc.shmget($VICTIM, 4096, 0o1666), None, 0)
ctypes.memmove(place, $TOKEN.encode(), 24)
""",
    then="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
number = libc.shmget($VICTIM, 0, 0)
if number >= 0:
    print(ctypes.string_at(libc.shmat(number, None, 0), 24))
    libc.shmctl(number, 0, None)
""",
)
