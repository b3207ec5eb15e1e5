"""Replaces the functions by which bytes leave a process in Python, so that what is sent can be changed on its way."""

from tests.attacks import AWARD, SERVER, SHORT, Attack

attack = Attack(
    cell=AWARD
    + SERVER
    + """
import os, socket, struct
pack = struct.Struct.pack
class Line:
    def __init__(self, line): self.line = line
    def __getattr__(self, name): return getattr(self.line, name)
    def sendall(self, data):
        self.line.sendall(bytes(data).replace(b'"wrong-answer"', b'"correct"').replace(b'"error"', b'"value"'))
for server in servers():
    server.line = Line(server.line)
os.write = lambda descriptor, data: len(data)
""",
    answer="def $NAME(*args, **kwargs):\n    raise ValueError",
    limits=SHORT,
    works="nowhere",
    why="in process there is no channel to write to",
)
