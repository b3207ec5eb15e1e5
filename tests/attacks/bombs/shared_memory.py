"""Takes memory that is no process's own: shared maps, files in /dev/shm, memory files, pipes that nobody reads."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS
    + """
import mmap
held = []
for turn in range(3000):
    try:
        held.append(mmap.mmap(-1, 1 << 20))
        held[-1].write(b"x" * (1 << 20))
        read, write = os.pipe()
        os.set_blocking(write, False)
        os.write(write, b"x" * (1 << 20))
        file = os.memfd_create("x")
        os.write(file, b"x" * (1 << 20))
    except (OSError, ValueError, MemoryError):
        pass
""",
    gains="trouble",
    limits={"cell": 5.0, "submission": 20.0, "memory": 512 * 2**20},
    works="nowhere",
    why=HARM,
)
