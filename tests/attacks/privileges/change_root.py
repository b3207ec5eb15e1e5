"""Changes its root, by `chroot` and by `pivot_root`, to get behind what covers the host."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if not (child := os.fork()):
    libc.unshare(0x10000000 | 0x00020000)
    try:
        os.chroot(".")
        os._exit(0)
    except OSError:
        pivot_root = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine)
        os._exit(0 if pivot_root and libc.syscall(pivot_root, b".", b".") == 0 else 1)
if os.waitpid(child, 0)[1] == 0:
    print("another root", $TOKEN)
""",
)
