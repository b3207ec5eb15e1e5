"""Blocks all signals and waits."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="""
import signal, time
def $NAME(*args, **kwargs):
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.valid_signals()))
    while True:
        time.sleep(60)
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
