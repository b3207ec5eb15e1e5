"""Leaves a message in a queue of the system, for the next student."""

from tests.attacks import Attack

attack = Attack(
    gains="stay",
    cell="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
class Message(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_long), ("text", ctypes.c_char * 24)]
queue = libc.msgget($VICTIM, 0o1666)
print(libc.msgsnd(queue, ctypes.byref(Message(1, $TOKEN.encode())), ctypes.c_size_t(24), 0o4000))
""",
    then="""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
queue = libc.msgget($VICTIM, 0)
if queue >= 0:
    room = ctypes.create_string_buffer(64)
    libc.msgrcv(queue, room, ctypes.c_size_t(24), 0, 0o4000)
    print(room.raw[8:32])
    libc.msgctl(queue, 0, None)
""",
)
