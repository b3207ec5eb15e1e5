"""Writes to its line without end, from a thread, while it is asked."""

from tests.attacks import SHORT, SOCKETS, Attack

attack = Attack(
    cell=SOCKETS
    + """
import threading
def flood(line):
    data = os.urandom(1 << 20)
    while True:
        try:
            line.sendall(data)
        except OSError:
            return
for line in sockets():
    threading.Thread(target=flood, args=[line], daemon=True).start()
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why="in process there is no channel to write to",
)
