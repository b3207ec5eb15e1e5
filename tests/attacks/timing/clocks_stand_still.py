"""Stops the clocks by which calls are timed in its process, and works for longer than it may."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    cell="""
import time
sleep = time.sleep
time.perf_counter = time.monotonic = time.time = lambda: 0.0
import signal
signal.setitimer = lambda *rest: None
""",
    answer="def $NAME(*args, **kwargs):\n    sleep(60)",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
