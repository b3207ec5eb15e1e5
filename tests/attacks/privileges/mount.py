"""Mounts a file system, by the call and by the program, and makes what is read-only writable again."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
home = os.getcwd().encode()
if not (child := os.fork()):
    libc.unshare(0x10000000 | 0x00020000)
    done = libc.mount(b"none", home, b"tmpfs", 0, None) == 0
    if not os.path.exists("$COURSE"):
        for flags in (32 | 4096, 32):
            for place in (b"/", b"/usr", b"$ROOT/course", b"/dev", b"/proc"):
                done |= libc.mount(None, place, None, flags, None) == 0
        done |= libc.umount2(b"$ROOT/autograder", 2) == 0 or libc.umount2(b"/tmp", 2) == 0
    os._exit(0 if done else 1)
if os.waitpid(child, 0)[1] == 0:
    print("mounted", $TOKEN)
""",
)
