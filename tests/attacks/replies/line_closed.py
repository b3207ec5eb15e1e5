"""Closes its line to the grader, shuts one half of it, and puts another file in its place."""

from tests.attacks import SOCKETS, Attack

attack = Attack(
    cell=SOCKETS,
    answer="""
def $NAME(*args, **kwargs):
    for line in sockets():
        line.shutdown([socket.SHUT_RD, socket.SHUT_WR][len("$NAME") % 2])
        os.dup2(os.open("/dev/zero", os.O_RDWR), line.fileno())
    return 1
""",
    gains="trouble",
    works="nowhere",
    why="in process there is no channel to close",
)
