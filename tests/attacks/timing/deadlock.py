"""Waits for a lock that nobody gives back, with a thread that waits for it too, and in a finaliser."""

from tests.attacks import PATIENT, SHORT, Attack

attack = Attack(
    answer="""
import threading
lock = threading.Lock()
lock.acquire()
def $NAME(*args, **kwargs):
    waiting = threading.Thread(target=lock.acquire)
    waiting.start()
    while True:
        try:
            waiting.join()
        except BaseException:
            pass
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why=PATIENT,
)
