"""Sets a timer whose signal handler runs inside the check, long after the answer was given."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
import signal
signal.signal(signal.SIGVTALRM, lambda number, frame: award())
signal.setitimer(signal.ITIMER_VIRTUAL, 0.0005, 0.0005)
""",
    answer="def $NAME(*args, **kwargs):\n    return sum(range(300000))",
)
