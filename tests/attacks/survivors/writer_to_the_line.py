"""Leaves a process that keeps the line to the grader open and writes replies into it for as long as it lives."""

from tests.attacks import MARK, SOCKETS, Attack

attack = Attack(
    gains="stay",
    cell=MARK
    + SOCKETS
    + """
import subprocess, sys
code = '''
import os, socket, struct, sys, time
end = time.monotonic() + 20
while time.monotonic() < end:
    for number in map(int, sys.argv[2:]):
        try:
            socket.socket(fileno=os.dup(number)).sendall(struct.pack(">Q", 4) + b"mine")
        except OSError:
            pass
    time.sleep(0.01)
'''
lines = sockets()
held = [line.fileno() for line in lines]
subprocess.Popen([sys.executable, "-S", "-E", "-c", code, $TOKEN, *map(str, held)], pass_fds=held, start_new_session=True)
time.sleep(0.3)
""",
)
