"""Writes fifty replies ahead of time, so that every later question is met by an answer that was there before it."""

from tests.attacks import REPLY, SOCKETS, Attack

attack = Attack(
    cell=REPLY.split("real =")[0]
    + SOCKETS
    + """
claim = {"value": wire.encode(3), "seconds": 0.0, "stdout": "", "warnings": [], "kind": "function", "type": "function", "signature": "(*a)"}
for line in sockets():
    for said in [{"found": True, "outputs": [], "count": 1, "seconds": 0.0, "over": False}, [claim]] * 25:
        send(line, wire.encode(said))
""",
    works="nowhere",
    why="in process there is no channel to write to",
)
