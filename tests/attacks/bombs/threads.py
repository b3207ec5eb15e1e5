"""Starts threads without end, each with a stack of its own."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS
    + """
import threading, time
while True:
    try:
        threading.Thread(target=time.sleep, args=[60], daemon=True).start()
    except RuntimeError:
        pass
""",
    gains="trouble",
    limits={"cell": 2.0, "submission": 20.0},
    works="nowhere",
    why=HARM,
)
