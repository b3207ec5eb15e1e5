"""Joins the namespaces of other processes, by their files in /proc."""

from tests.attacks import BEHIND_WALLS, Attack

attack = Attack(
    gains="text",
    cell=BEHIND_WALLS
    + """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
mine = {name: os.readlink(f"/proc/self/ns/{name}") for name in os.listdir("/proc/self/ns")}
for pid in $PIDS:
    for name in mine:
        try:
            other = os.readlink(f"/proc/{pid}/ns/{name}")
            handle = os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY)
        except OSError:
            continue
        if other != mine[name]:
            print("another namespace in sight", pid, name, $TOKEN)
        if libc.setns(handle, 0) == 0:
            print("joined", pid, name, $TOKEN)
""",
    works="nowhere",
    why="without walls there is one set of namespaces, and nothing to join",
)
