"""Sends its reply one byte at a time, each just before the grader would give up."""

from tests.attacks import SHORT, SOCKETS, Attack

attack = Attack(
    cell=SOCKETS,
    answer="""
import threading, time
def $NAME(*args, **kwargs):
    line = sockets()[0]
    line.sendall(struct.pack(">Q", 10**6))
    while True:
        try:
            line.sendall(b"x")
            time.sleep(0.2)
        except BaseException:
            pass
""",
    gains="trouble",
    limits=SHORT,
    works="nowhere",
    why="in process there is no channel to write to",
)
