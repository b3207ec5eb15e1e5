"""Takes the alarm by which time is limited: another handler, no timer, the signal ignored."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="""
import signal, time
def $NAME(*args, **kwargs):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.setitimer = signal.signal = lambda *rest: None
    time.sleep(60)
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
