"""Connects to a server on this machine by TCP, over IPv4 and IPv6."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import socket
for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0"):
    try:
        socket.create_connection((host, $PORT), 1).sendall(b"marks")
    except OSError as error:
        print(error)
""",
)
