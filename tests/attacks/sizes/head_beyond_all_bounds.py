"""Claims in the head of a reply that 2**63 bytes follow."""

from tests.attacks import SOCKETS, Attack

attack = Attack(
    gains="trouble",
    cell=SOCKETS,
    answer="""
def $NAME(*args, **kwargs):
    for line in sockets():
        line.sendall(struct.pack(">Q", 2**63 + 5))
    return 1
""",
    works="nowhere",
    why="in process there is no channel to write to",
)
