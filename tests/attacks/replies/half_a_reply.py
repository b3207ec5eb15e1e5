"""Sends the head of a reply and half of its body, and then nothing more."""

from tests.attacks import SHORT, SOCKETS, Attack

attack = Attack(
    cell=SOCKETS,
    answer="""
import time
def $NAME(*args, **kwargs):
    for line in sockets():
        line.sendall(struct.pack(">Q", 1000) + b"x" * 10)
    time.sleep(60)
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why="in process there is no channel to write to",
)
