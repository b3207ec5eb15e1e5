"""Writes to the kernel's settings in /proc/sys and /sys."""

from tests.attacks import BEHIND_WALLS, Attack

attack = Attack(
    gains="text",
    cell=BEHIND_WALLS
    + """
for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/user/max_user_namespaces", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger",
             "/proc/sys/fs/pipe-max-size", "/sys/fs/cgroup/cgroup.procs", "/sys/kernel/uevent_helper", "/proc/sys/vm/drop_caches", "/proc/sys/kernel/randomize_va_space"):
    try:
        with open(path, "r+") as file:
            print("opened for writing", path, $TOKEN)
    except OSError as error:
        print(error)
import socket
try:
    socket.sethostname("mine")
    print("the host has another name", $TOKEN)
except OSError as error:
    print(error)
""",
    works="nowhere",
    why="it would change the machine on which the tests run",
)
