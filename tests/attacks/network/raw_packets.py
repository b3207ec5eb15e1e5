"""Opens raw sockets, packet sockets and the kernel's own (netlink, vsock), and sends from them."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="""
import socket
tries = ((socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP), (socket.AF_PACKET, socket.SOCK_RAW, 0), (socket.AF_INET, socket.SOCK_RAW, 255))
for family, kind, protocol in tries:
    try:
        socket.socket(family, kind, protocol)
        print("a raw socket", $TOKEN)
    except OSError as error:
        print(error)
""",
    works="nowhere",
    why="without walls, too, only the system's owner has raw sockets",
)
