"""Children for the tests, forked from a process that has torch imported: each serves one answer over a pipe.

The server is this module run as a program; it is asked for a child by one line on a socket that carries the child's two
descriptors, and answers with its process number.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys

from course.checks.pipe import Pipe, serve


class ForkServer:
    """`pipe(lab, exercise, variant)` gives a `Pipe` to a fresh child that holds this answer."""

    def __init__(self):
        self.socket, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.forkserver", str(theirs.fileno())]
        self.server = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()

    def pipe(self, lab, exercise, variant):
        child_in, to_child = os.pipe()
        from_child, child_out = os.pipe()
        socket.send_fds(self.socket, [f"{lab} {exercise} {variant}".encode()], [child_in, child_out])
        os.close(child_in)
        os.close(child_out)
        pid = int(self.socket.recv(32))

        def kill():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        return Pipe(to_child, from_child, kill)

    def close(self):
        self.socket.close()
        self.server.wait(10)


def main(descriptor):
    import torch

    from tests.answers import variants

    torch.set_num_threads(1)  # a fork with two threads hangs at the child's first matrix product
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    connection = socket.socket(fileno=descriptor)
    while True:
        request, descriptors, *_ = socket.recv_fds(connection, 4096, 2)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            connection.close()
            os.dup2(descriptors[0], 0)
            os.dup2(descriptors[1], 1)
            for d in descriptors:
                os.close(d)
            lab, exercise, variant = request.decode().split()
            serve(variants(lab, exercise)[variant].make())
            os._exit(0)
        for d in descriptors:
            os.close(d)
        connection.sendall(str(pid).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]))
