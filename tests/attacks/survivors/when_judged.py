"""Leaves a process from inside a call, when its cells have been run and its exercise is being judged."""

from tests.attacks import MARK, Attack

attack = Attack(
    gains="stay",
    cell=MARK,
    answer="""
def $NAME(*args, **kwargs):
    if os.fork() == 0:
        os.setsid()
        mark()
        time.sleep(30)
        os._exit(0)
    time.sleep(0.1)
    return 1
""",
)
