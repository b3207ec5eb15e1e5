"""Sends datagrams to a server on this machine, and to all of its network."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import socket
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
for host in ("127.0.0.1", "0.0.0.0"):
    try:
        line.sendto(b"marks", (host, $PORT))
    except OSError as error:
        print(error)
""",
)
