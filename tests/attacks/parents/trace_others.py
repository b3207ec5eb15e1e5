"""Attaches to other processes as a debugger does, which stops them."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
for pid in $PIDS:
    if pid != os.getpid():
        print(pid, libc.ptrace(16, pid, None, None), os.strerror(ctypes.get_errno()))
time.sleep(0.1)
""",
)
