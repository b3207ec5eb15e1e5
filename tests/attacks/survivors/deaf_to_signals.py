"""Leaves a process that ignores every signal it can and has stopped itself."""

from tests.attacks import MARK, Attack

attack = Attack(
    gains="stay",
    cell=MARK
    + """
import signal
if os.fork() == 0:
    os.setsid()
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    mark()
    time.sleep(30)
    os._exit(0)
time.sleep(0.1)
""",
)
