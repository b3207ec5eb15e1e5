"""Looks up all sockets of its process and writes a reply of its own into them before the true one is sent."""

from tests.attacks import REPLY, SOCKETS, Attack

attack = Attack(
    cell=REPLY.split("real =")[0] + SOCKETS,
    answer="""
import torch
def $NAME(*args, **kwargs):
    claim = {"value": wire.encode(torch.ones(2, 2)), "seconds": 0.0, "stdout": "", "warnings": [], "points": 3, "verdict": "correct"}
    for line in sockets():
        send(line, wire.encode([claim]))
    return 1
""",
    works="nowhere",
    why="in process there is no channel to write to",
)
