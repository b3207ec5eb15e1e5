"""Makes itself the one to whom orphans go, and starts a first process in namespaces of its own."""

from tests.attacks import MARK, Attack

attack = Attack(
    gains="stay",
    cell=MARK
    + """
import ctypes
libc = ctypes.CDLL(None)
libc.prctl(36, 1, 0, 0, 0)
if os.fork() == 0:
    libc.unshare(0x10000000 | 0x20000000)
    if os.fork() == 0:
        mark()
        time.sleep(30)
    os._exit(0)
time.sleep(0.1)
""",
)
