"""Opens devices: disks, memory, terminals, and makes some of its own."""

from tests.attacks import BEHIND_WALLS, Attack

attack = Attack(
    gains="text",
    cell=BEHIND_WALLS
    + """
import stat
usual = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "fd", "stdin", "stdout", "stderr", "core", "console"}
for name in os.listdir("/dev"):
    if name not in usual and not name.startswith("nvidia"):
        print("a device", name, $TOKEN)
for path in ("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/nvme0n1", "/dev/fuse", "/dev/kvm", "/dev/loop-control"):
    try:
        os.close(os.open(path, os.O_RDWR))
        print("opened", path, $TOKEN)
    except OSError as error:
        print(error)
for kind, number in ((stat.S_IFBLK, os.makedev(8, 0)), (stat.S_IFCHR, os.makedev(1, 1))):
    try:
        os.mknod("disk", kind | 0o666, number)
        os.open("disk", os.O_RDONLY)
        print("made a device", $TOKEN)
    except OSError as error:
        print(error)
for path in ("/dev/new", "/dev/pts/new"):
    try:
        open(path, "w").write("x")
        print("written to /dev", $TOKEN)
    except OSError as error:
        print(error)
""",
    works="nowhere",
    why="it would touch the disks of the machine on which the tests run",
)
