"""The warm parent: a process that has imported what labs import, and forks a ready kernel for each submission.

It stands behind the outer wall. The grader holds one end of a control socket; a request is one JSON line that carries a
stream socket along with it, which becomes the new kernel's line to the judge:

    {"fork": {limits…}}      -> forks; the kernel says "ready" on its own socket, or why it could not be made

One thread, no tensor operation and no CUDA before the fork: a child of a process with threads can hang at its first
matrix product. The parent ends when its control socket closes.

    python zygote.py DESCRIPTOR MODE       MODE: nested (inner walls), plain (one kernel, walls of bubblewrap alone),
                                           open (no walls); probe, probe-plain (try them, import nothing)
"""

import contextlib
import json
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import walls


def report(line, **message):
    """One JSON line to the judge."""
    line.sendall(json.dumps(message).encode() + b"\n")


def become_kernel(line, request, serve, walled):
    """In the process that will run student code: the last of the wall, then serve until the judge hangs up."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    keep = line.fileno()
    os.closerange(3, keep)
    os.closerange(keep + 1, 65536)
    for number in (signal.SIGINT, signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.update(request.get("environment", {}))
    os.chdir(request["folder"])
    if walled:
        walls.set_dumpable(True)
        walls.drop_rights()
    walls.set_limits(request["limits"])
    if walled and request["limits"]["addresses"]:  # CUDA needs some of the calls that are refused
        walls.refuse_calls()
    report(line, ready=True)
    serve(line)


def first_process(line, request, serve):
    """The first process of a submission's PID namespace. It reaps orphans, and when it dies all else in there dies."""
    walls.own_mounts(request["limits"]["file"], request["shown"])
    walls.set_dumpable(False)  # else student code could trace it
    report(line, first=True)  # its credentials tell the judge which process to kill
    kernel = os.fork()
    if kernel == 0:
        become_kernel(line, request, serve, walled=True)
        os._exit(0)
    line.close()
    os.chdir("/")
    while True:
        pid, _ = os.waitpid(-1, 0)
        if pid == kernel:
            os._exit(0)


def child(line, request, serve, nested):
    """In a fork of the parent: never returns."""
    try:
        if nested:
            walls.leave_namespaces()
            if os.fork() == 0:
                first_process(line, request, serve)
        else:
            become_kernel(line, request, serve, walled=False)
    except BaseException as error:
        with contextlib.suppress(OSError):
            report(line, failed=str(getattr(error, "strerror", None) or error or type(error).__name__))
        os._exit(1)
    os._exit(0)


def wait(line):
    """In place of a kernel where walls are only tried."""
    line.recv(1)


def requests(control):
    """(request, the stream socket that came with it), until the control socket closes."""
    while True:
        data, descriptors, *_ = socket.recv_fds(control, 65536, 4)
        if not data:
            return
        yield json.loads(data), socket.socket(fileno=descriptors[0])


def run(control, mode):
    serve = None
    if not mode.startswith("probe"):
        import shell

        serve = shell.warm()
    if mode == "nested":
        walls.set_dumpable(False)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.sendall(b"warm\n")
    for request, line in requests(control):
        if mode in ("plain", "probe-plain"):  # no fork: this process becomes the kernel
            become_kernel(line, request, serve or wait, walled=True)
            return
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            child(line, request, serve or wait, nested=mode != "open")
        line.close()


if __name__ == "__main__":
    run(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
