"""Sleeps in every call until just before the limit."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="import time\ndef $NAME(*args, **kwargs):\n    time.sleep(0.4)\n    return args[0]",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
