"""Sends signals to all processes and process groups at once, its own first process among them."""

from tests.attacks import BEHIND_WALLS, Attack

attack = Attack(
    gains="reach",
    cell=BEHIND_WALLS
    + """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
    for target in (0 if number == signal.SIGTERM else 1, 1, -1):
        try:
            os.kill(target, number)
        except OSError as error:
            print(error)
""",
    works="nowhere",
    why="it would end everything on the machine; `kill_others` shows the same on one process",
)
