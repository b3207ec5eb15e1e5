"""Opens files, sockets, pipes, timers and watches until it is refused."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS
    + """
import select, socket
held = []
for make in (lambda: open("/dev/null"), lambda: socket.socketpair(), os.pipe, select.epoll, lambda: os.eventfd(0)):
    try:
        while True:
            held.append(make())
    except OSError as error:
        print(error)
""",
    gains="trouble",
    limits={"cell": 10.0, "submission": 30.0},
    works="nowhere",
    why=HARM,
)
