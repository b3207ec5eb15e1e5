"""Leaves a daemon: a child of a child in a session of its own, with no parent left."""

from tests.attacks import MARK, Attack

attack = Attack(
    gains="stay",
    cell=MARK
    + """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        mark()
        time.sleep(30)
    os._exit(0)
os.wait()
time.sleep(0.1)
""",
)
