"""Leaves a process that is replaced by a child of its own every few milliseconds, so that no number stays its own."""

from tests.attacks import MARK, Attack

attack = Attack(
    gains="stay",
    cell=MARK
    + """
if os.fork() == 0:
    os.setsid()
    mark()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if os.fork():
            os._exit(0)
        time.sleep(0.05)
    os._exit(0)
time.sleep(0.1)
""",
)
