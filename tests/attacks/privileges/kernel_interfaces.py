"""Asks for parts of the kernel that a submission has no use for: bpf, performance counters, userfaultfd, io_uring, module loading."""

from tests.attacks import BEHIND_WALLS, Attack

attack = Attack(
    gains="text",
    cell=BEHIND_WALLS
    + """
import ctypes, platform
assert platform.machine() == 'x86_64'  # the numbers of its system calls
libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(256)
calls = {"bpf": (321, 0, room, 128), "init_module": (175, room, 128, b""), "finit_module": (313, 0, b"", 0), "acct": (163, b"/tmp/x"), "swapon": (167, b"/tmp/x", 0),
         "open_by_handle_at": (304, 3, room, 0), "syslog": (103, 3, room, 100), "fanotify_init": (300, 4, 0)}
for name, (number, *arguments) in calls.items():
    if libc.syscall(number, *arguments) >= 0:
        print("a call that went through:", name, $TOKEN)
""",
    works="nowhere",
    why="some of these would change the machine on which the tests run",
)
