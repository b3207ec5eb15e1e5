"""Connects to an address outside, one of those that are set apart for documentation: no way there, not a long wait."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import errno, socket
for kind, family, address in ((socket.SOCK_STREAM, socket.AF_INET, ("192.0.2.1", 80)), (socket.SOCK_DGRAM, socket.AF_INET, ("192.0.2.1", 53)),
                              (socket.SOCK_STREAM, socket.AF_INET6, ("2001:db8::1", 80))):
    line = socket.socket(family, kind)
    line.settimeout(1)
    try:
        line.connect(address)
        print("a way out", $TOKEN)
    except TimeoutError:
        print("a way out", $TOKEN)
    except OSError as error:
        if error.errno not in (errno.ENETUNREACH, errno.EADDRNOTAVAIL):
            print("a way out", error, $TOKEN)
""",
    works="nowhere",
    why="whether there is a way out is the machine's own matter; `tcp` and `udp` show the same on this machine",
)
