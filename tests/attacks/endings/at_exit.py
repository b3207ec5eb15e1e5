"""Leaves a function to be run at the end of the kernel, which goes on the network and writes into the course."""

from tests.attacks import Attack

attack = Attack(
    cell="""
import atexit, socket
def last():
    open("$COURSE/gradebook.db", "w").write("all have full marks")
    socket.create_connection(("127.0.0.1", $PORT), 1)
atexit.register(last)
""",
    last="import atexit\natexit._run_exitfuncs()",
    gains="reach",
)
