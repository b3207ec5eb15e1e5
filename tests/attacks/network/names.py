"""Asks for the address of a name, by the system's resolver and by a query of its own."""

from tests.attacks import Attack

attack = Attack(
    gains="reach",
    cell="""
import socket, os
query = os.urandom(2) + b"\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\5marks\\7example\\0\\0\\1\\0\\1"
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(query, ("127.0.0.1", $PORT))
if not os.path.exists("$COURSE"):
    for name in ("example.org", "localhost.example.org"):
        try:
            print(socket.getaddrinfo(name, 80), $TOKEN)
        except OSError as error:
            print(error)
""",
)
