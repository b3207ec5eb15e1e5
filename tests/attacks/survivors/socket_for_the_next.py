"""Leaves a process that waits on a socket with an abstract name, to tell the next student."""

from tests.attacks import MARK, Attack

attack = Attack(
    gains="stay",
    cell=MARK
    + """
import socket
if os.fork() == 0:
    os.setsid()
    mark()
    line = socket.socket(socket.AF_UNIX)
    line.bind("\\0answers-$VICTIM")
    line.listen()
    line.settimeout(20)
    line.accept()[0].sendall($TOKEN.encode())
    os._exit(0)
time.sleep(0.2)
""",
    then="""
import socket
line = socket.socket(socket.AF_UNIX)
line.connect("\\0answers-$VICTIM")
print(line.recv(100).decode())
""",
)
