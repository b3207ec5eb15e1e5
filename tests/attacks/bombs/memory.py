"""Takes memory until there is no more, in one process and in many."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS
    + """
import time
for _ in range(8):
    if os.fork() == 0:
        break
held = []
while True:
    try:
        held.append(bytearray(b"x") * (8 << 20))
    except MemoryError:
        time.sleep(0.1)
""",
    gains="trouble",
    limits={"cell": 5.0, "submission": 20.0, "memory": 512 * 2**20},
    works="nowhere",
    why=HARM,
)
