"""A probe in a child process, reached through its standard input and output.

The judge's side is `Pipe`, a transport for `Lab.run`; the far side is `serve`, which the child calls with the function
to probe. A child that dies or takes longer than the limit and a grace is killed, and the check goes on without it.

    pipe = Pipe(to_child, from_child, kill)      # two file descriptors and a function
    verdict = lab.run("causal_mask", pipe)
"""

import os
import selectors
import struct
import sys
import time

from . import wire
from .probe import Probe

GRACE = 2.0  # seconds beyond a call's limit, for what cannot be interrupted to be killed
_SIZE = struct.Struct(">Q")


class Pipe:
    """A transport to a child that runs `serve`. Errors of the child come back as an error reply, never as an exception.

    to_child, from_child: file descriptors, owned by the pipe from now on; kill: called when the child must end.
    """

    def __init__(self, to_child, from_child, kill):
        self.to_child, self.from_child, self.kill = to_child, from_child, kill
        os.set_blocking(to_child, False)
        os.set_blocking(from_child, False)

    def close(self):
        """Kill the child and close both descriptors."""
        self.kill()
        os.close(self.to_child)
        os.close(self.from_child)

    def exchange(self, frame: bytes, limit: float) -> bytes:
        """A frame there and the reply back. Raises TimeoutError, EOFError or OSError when there is none to be had."""
        deadline = time.monotonic() + limit + GRACE
        self._write(_SIZE.pack(len(frame)) + frame, deadline)
        (size,) = _SIZE.unpack(self._read(_SIZE.size, deadline))
        if size > 2 * wire.MAX_BYTES:
            raise EOFError
        return self._read(size, deadline)

    def __call__(self, frame: bytes, limit: float) -> bytes:
        try:
            return self.exchange(frame, limit)
        except TimeoutError:
            self.kill()
            return wire.encode([{"error": {"kind": "time-limit", "message": "", "limit": limit}}])
        except (EOFError, OSError):
            return wire.encode([{"error": {"kind": "lost", "message": ""}}])

    def _write(self, data, deadline):
        view = memoryview(data)
        while view:
            self.wait(self.to_child, selectors.EVENT_WRITE, deadline)
            view = view[os.write(self.to_child, view[: 1 << 16]) :]

    def _read(self, size, deadline):
        out = bytearray()
        while len(out) < size:
            self.wait(self.from_child, selectors.EVENT_READ, deadline)
            piece = os.read(self.from_child, min(size - len(out), 1 << 20))
            if not piece:
                raise EOFError
            out += piece
        return bytes(out)

    def wait(self, descriptor, event, deadline):
        """Wait until a descriptor can be read or written. Raises TimeoutError."""
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise TimeoutError


def serve(target):
    """Answer requests until the other side closes. What the student prints cannot reach the pipe: it has its own copy."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    sys.stdin, sys.stdout = os.fdopen(0, "r"), os.fdopen(1, "w")
    probe = Probe(target)
    while head := source.read(_SIZE.size):
        reply = probe.handle(source.read(_SIZE.unpack(head)[0]))
        sink.write(_SIZE.pack(len(reply)) + reply)
        sink.flush()
