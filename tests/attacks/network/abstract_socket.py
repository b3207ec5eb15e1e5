"""Connects to a unix socket with an abstract name, which no file system hides."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import socket
line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
line.connect($ABSTRACT)
""",
)
