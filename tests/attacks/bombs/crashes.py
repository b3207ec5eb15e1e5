"""Ends its process in as many ways as there are exercises: a bad address, a signal, `_exit`, an abort."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS + "import ctypes, signal\nturns = []",
    answer="""
def $NAME(*args, **kwargs):
    way = sum(map(ord, "$NAME")) % 4
    [lambda: ctypes.string_at(0), lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(0), os.abort][way]()
""",
    gains="trouble",
    works="nowhere",
    why=HARM,
)
