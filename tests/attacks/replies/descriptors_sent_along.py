"""Sends open files along with its replies, a hundred at a time, and false credentials."""

from tests.attacks import SOCKETS, Attack

attack = Attack(
    cell=SOCKETS
    + """
import array
null = os.open("/dev/null", os.O_RDONLY)
for line in sockets():
    for turn in range(20):
        try:
            line.sendmsg([b"\\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [null] * 100))])
        except OSError as error:
            print(error)
    try:
        line.sendmsg([b"\\0"], [(socket.SOL_SOCKET, 2, struct.pack("3i", 1, 0, 0))])
    except OSError as error:
        print(error)
""",
    gains="trouble",
    works="nowhere",
    why="in process there is no channel to write to",
)
