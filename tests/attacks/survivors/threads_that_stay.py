"""Leaves threads that are no daemons, which keep their process from ending."""

from tests.attacks import MARK, Attack

attack = Attack(
    gains="stay",
    cell=MARK
    + """
import threading
if os.fork() == 0:
    mark()
    for _ in range(4):
        threading.Thread(target=time.sleep, args=[30]).start()
    threading._shutdown()
    os._exit(0)
time.sleep(0.1)
""",
)
