"""Makes a user namespace of its own, in which it would have all rights again."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if not (child := os.fork()):
    os._exit(0 if libc.unshare(0x10000000) == 0 else 1)
if os.waitpid(child, 0)[1] == 0:
    print("a namespace", $TOKEN)
""",
)
