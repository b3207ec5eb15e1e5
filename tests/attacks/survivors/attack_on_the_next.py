"""Leaves a process that waits for the next kernel, to stop, trace and kill whatever is new."""

from tests.attacks import BEHIND_WALLS, MARK, Attack

attack = Attack(
    gains="stay",
    cell=BEHIND_WALLS
    + MARK
    + """
if os.fork() == 0:
    os.setsid()
    mark()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in (1, os.getpid()):
                try:
                    os.kill(int(name), 19)
                except OSError:
                    pass
        time.sleep(0.01)
    os._exit(0)
time.sleep(0.1)
""",
    limits={"cell": 2.0, "call": 1.0, "submission": 10.0},
    works="nowhere",
    why="it would stop every process on the machine",
)
