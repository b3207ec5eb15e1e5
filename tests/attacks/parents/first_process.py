"""Turns to the first process of its own namespace, which was made with more rights: its memory, its root, its descriptors."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid()) if not os.path.exists("$COURSE") else ($VICTIM,):
    try:
        print(open(f"/proc/{pid}/environ", errors="replace").read())
        with open(f"/proc/{pid}/mem", "r+b", 0) as memory:
            print($TOKEN)
    except OSError as error:
        print(error)
    for name in ("user", "mnt", "pid", "net"):
        try:
            handle = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
            print(name, libc.setns(handle, 0))
        except OSError as error:
            print(error)
try:
    print(open("$COURSE/gradebook.db").read())
except OSError as error:
    print(error)
""",
)
