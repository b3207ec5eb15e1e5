"""Takes all processors with processes of high priority, so that others wait."""

from tests.attacks import BEHIND_WALLS, HARM, SHORT, Attack

attack = Attack(
    cell=BEHIND_WALLS
    + """
for _ in range(8):
    if os.fork() == 0:
        for what in (lambda: os.nice(-20), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99))):
            try:
                what()
            except OSError:
                pass
        while True:
            pass
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=HARM,
)
