"""Starts a thread that watches the main thread's stack and adds points as soon as a check is on it."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import sys, threading, time
from course.checks.require import Part
main = threading.main_thread().ident
def watch():
    while True:
        frame = sys._current_frames().get(main)
        while frame is not None:
            run = frame.f_locals.get("run")
            if hasattr(run, "parts") and not run.parts:
                run.parts.append(Part("a gift", 0, 1))
            frame = frame.f_back
        time.sleep(0.0005)
threading.Thread(target=watch, daemon=True).start()
""",
    answer="def $NAME(*args, **kwargs):\n    time.sleep(0.02)\n    return 1",
)
