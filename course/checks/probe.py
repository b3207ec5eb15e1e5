"""The probe: the far end of `student`. It lives where the student's code lives, and only carries plain data.

A request frame holds a list of operations, the reply frame one result for each. The probe keeps what cannot cross
(modules, other objects, autograd graphs) under a number. It takes no decision: whatever it sends is judged on the
other side, by code that a student cannot reach when that side is another process.

    probe = Probe(student_function)
    reply = probe.handle(request)     # bytes -> bytes
"""

import contextlib
import functools
import inspect
import io
import linecache
import os
import sys
import sysconfig
import time
import traceback
import warnings

import torch
from torch import nn

from . import helpers, wire
from .limits import Globals, TimeLimit, seed_everything, time_limit
from .without import LibraryCall, without

PRINTED = 4_000  # characters kept of what a call printed
GRAPHS = 64  # calls whose autograd graph is kept for a backward
_OURS = tuple(
    os.path.join(os.path.realpath(p), "")
    for p in {
        *(sysconfig.get_paths()[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")),
        os.path.dirname(os.path.dirname(__file__)),
        os.path.dirname(torch.__file__),
    }
)


class _Tail(io.TextIOBase):
    """A text stream that keeps the first characters and counts the rest."""

    def __init__(self):
        self.kept, self.size = "", 0

    def write(self, text):
        self.size += len(text)
        if len(self.kept) < PRINTED:
            self.kept += str(text)[: PRINTED - len(self.kept)]
        return len(text)

    def writable(self):
        return True


@contextlib.contextmanager
def captured(name, sink):
    """Send `sys.stdout` or `sys.stderr` to `sink`, also for whoever kept the stream itself (a logging handler).

    nbgrader takes any stderr of a cell for a failure, so what a right answer logs must not get there.
    """
    stream = getattr(sys, name)
    setattr(sys, name, sink)
    with contextlib.suppress(AttributeError):  # streams written in C let nobody do this; a kernel's are not
        stream.write = sink.write
    try:
        yield
    finally:
        setattr(sys, name, stream)
        with contextlib.suppress(AttributeError):
            del stream.write


@contextlib.contextmanager
def hidden_displays():
    """Swallow what is displayed (a live curve, a bar): in a notebook the check cell shows the verdict alone."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        yield
        return
    before, shell.display_pub = shell.display_pub, _swallower()
    try:
        yield
    finally:
        _swallower().outputs.clear()
        shell.display_pub = before


@functools.cache
def _swallower():
    from IPython.core.displaypub import CapturingDisplayPublisher

    return CapturingDisplayPublisher()


class Probe:
    """Calls one function or class of a student's, and whatever objects come of it.

    target: the function or class. Its state between calls (default dtype, grad mode) is its own: a check's is swapped
    in and out around each call, so that neither disturbs the other.
    """

    def __init__(self, target):
        self.objects = {0: target}
        self.graphs = {}
        self.globals = Globals.now()
        self.globals.grad = (
            True  # a cell that switched it off, to look at something, does not decide for a check
        )

    def handle(self, frame: bytes) -> bytes:
        """Run the operations of a request; never raises but for `KeyboardInterrupt`."""
        try:
            operations = wire.decode(frame, resolve=self.resolve)
            began = time.perf_counter()
            return wire.encode([self.operate(o, time.perf_counter() - began) for o in operations])
        except wire.WireError as error:
            return wire.encode([{"error": {"kind": "unsendable", "message": str(error)}}])

    def resolve(self, marker):
        if isinstance(marker, wire.Remote):
            return self.objects[marker.id]
        return helpers.build(marker)

    def keep(self, x):
        number = next((n for n, o in self.objects.items() if o is x), None)
        if number is None:
            number = len(self.objects)
            self.objects[number] = x
        return {"id": number, "type": type(x).__name__[:80], "module": isinstance(x, nn.Module)}

    def operate(self, operation, spent=0.0):
        """The reply to one operation of a request that has taken `spent` seconds: all together have what is `left`."""
        if spent >= operation["left"]:
            error = describe_error(TimeLimit(), operation)
            return {"error": error, "seconds": 0.0, "stdout": "", "warnings": []}
        operation["limit"] = min(operation["limit"], operation["left"] - spent)
        outside, printed, caught = Globals.now(), _Tail(), []
        began = time.perf_counter()
        try:
            with (
                captured("stdout", printed),
                captured("stderr", _Tail()),
                hidden_displays(),
                warnings.catch_warnings(record=True) as caught,
            ):
                warnings.simplefilter("always")
                self.globals.restore_modes()
                seed_everything(operation["seed"])
                try:
                    with time_limit(operation["limit"]):
                        out = getattr(self, "do_" + operation["op"])(operation)
                except KeyboardInterrupt:
                    raise
                except BaseException as error:
                    out = {"error": describe_error(error, operation)}
        finally:
            self.globals = Globals.now()
            outside.restore()
        seconds = time.perf_counter() - began
        if seconds > operation["limit"] and "error" not in out:  # it swallowed the interruption and went on
            out = {"error": describe_error(TimeLimit(), operation)}
        out["seconds"] = seconds
        out["stdout"] = printed.kept
        out["warnings"] = [str(w.message)[:300] for w in caught[:20]]
        return out

    # The operations. Each returns a dict of plain data, with nested frames for values.

    def do_describe(self, operation):
        target = self.objects[0]
        kind = "class" if inspect.isclass(target) else "function" if callable(target) else "value"
        return {"kind": kind, "type": type(target).__name__[:80], "signature": signature_of(target)}

    def do_build(self, operation):
        return self.value(operation["what"], operation)  # a helper, which was built when the request was read

    def do_get(self, operation):
        return self.value(getattr(self.objects[operation["target"]], operation["name"]), operation)

    def do_grads(self, operation):
        module = self.objects[operation["target"]]
        return self.value({name: p.grad for name, p in module.named_parameters()}, operation)

    def do_call(self, operation):
        target = self.objects[operation["target"]]
        if operation.get("method"):
            target = getattr(target, operation["method"])
        args, kwargs = operation["args"], operation["kwargs"]
        try:
            inspect.signature(target).bind(*args, **kwargs)
        except TypeError as error:
            return {"error": {"kind": "signature", "message": str(error), "signature": signature_of(target)}}
        except ValueError:  # built in: it has no signature to look at
            pass
        before = [(name, snapshot(v)) for name, v in [*enumerate(args), *kwargs.items()]]
        with without(operation["without"]):
            result = target(*args, **kwargs)
        out = self.value(result, operation)
        after = [*args, *kwargs.values()]
        out["changed"] = [
            self.argument_name(target, name)
            for (name, old), new in zip(before, after, strict=True)
            if old is not None and old != snapshot(new)
        ]
        tensors = list(tensors_in(result))
        if operation.get("graph", True) and any(t.requires_grad for t in tensors):
            leaves = [t for t in tensors_in([args, kwargs]) if t.requires_grad and t.is_leaf]
            self.graphs[operation["call"]] = (tensors, leaves)
            while len(self.graphs) > GRAPHS:
                del self.graphs[next(iter(self.graphs))]
        return out

    def do_backward(self, operation):
        outputs, leaves = self.graphs[operation["call"]]
        pairs = [
            (o, g.to(o))
            for o, g in zip(outputs, operation["grads"], strict=True)
            if g is not None and o.requires_grad
        ]
        for leaf in leaves:
            leaf.grad = None
        torch.autograd.backward([o for o, _ in pairs], [g for _, g in pairs], retain_graph=True)
        return self.value([leaf.grad for leaf in leaves], operation)

    def value(self, x, operation):
        return {"value": wire.encode(x, keep=self.keep, take=operation.get("take", wire.TAKE))}

    @staticmethod
    def argument_name(target, name):
        if isinstance(name, str):
            return name
        with contextlib.suppress(ValueError, TypeError, IndexError):
            called = target.forward if isinstance(target, nn.Module) else target
            return list(inspect.signature(called).parameters)[name]
        return f"argument {name + 1}"


def snapshot(x):
    """The bytes of an argument that could be changed in place, else None; of the objects in a list, which ones they are and in what order."""
    if isinstance(x, (list, tuple, dict, set, torch.Tensor, bytearray)) or type(x).__module__ == "numpy":
        with contextlib.suppress(wire.WireError):
            plain = torch.Tensor.detach(x) if isinstance(x, torch.Tensor) else x
            return wire.encode(plain, keep=lambda o: {"id": id(o), "type": "", "module": False})
    return None


def tensors_in(x):
    """The tensors of a nested value, in the order in which the encoder meets them."""
    if isinstance(x, torch.Tensor):
        yield x
    elif isinstance(x, dict):
        for v in x.values():
            yield from tensors_in(v)
    elif isinstance(x, (list, tuple)):
        for v in x:
            yield from tensors_in(v)


def signature_of(target):
    with contextlib.suppress(ValueError, TypeError):
        return str(inspect.signature(target))[:200]
    return "(...)"


def is_student_frame(filename):
    return not filename.startswith("<frozen") and not os.path.realpath(filename).startswith(_OURS)


def describe_error(error, operation):
    """An exception as plain data: its type, message and the student's own frames."""
    if isinstance(error, TimeLimit):
        return {"kind": "time-limit", "message": "", "limit": operation["limit"]}
    if isinstance(error, LibraryCall):
        return {"kind": "library", "message": str(error)}
    if isinstance(error, wire.WireError):
        return {"kind": "unsendable", "message": str(error)}
    frames = traceback.extract_tb(error.__traceback__)
    owners = [_owner(frame) for frame, _ in traceback.walk_tb(error.__traceback__)]
    own = [(f, owner) for f, owner in zip(frames, owners, strict=True) if is_student_frame(f.filename)]
    last = frames[-1] if frames else None
    # torch raises the same class, from C and so in the student's own line, for an operation that a dtype lacks
    stub = isinstance(error, NotImplementedError) and "not implemented for '" not in message_of(error)
    written = not (stub and last is not None and is_student_frame(last.filename))
    return {
        "kind": "error" if written else "missing",
        "type": type(error).__name__[:80],
        "bases": [b.__name__[:80] for b in type(error).__mro__],
        "message": message_of(error),
        "frames": [
            {
                "name": f.name,
                "line": f.lineno,
                "text": (f.line or linecache.getline(f.filename, f.lineno)).strip()[:200],
                "owner": owner,
            }
            for f, owner in own[-5:]
        ],
    }


def _owner(frame):
    """The function or class of the notebook whose code runs in a frame: `Reader` for `Reader.forward`.

    "" where the notebook has no such name: a `forward` that was set on a class from outside belongs to nobody.
    """
    name = frame.f_code.co_qualname.rpartition("<locals>.")[2].partition(".")[0]
    return name[:80] if name in frame.f_globals else ""


def message_of(error):
    """The text of an exception; making it is the student's code too, and may fail or hang."""
    try:
        with time_limit(1.0):
            return str(error)[:600]
    except KeyboardInterrupt:
        raise
    except BaseException:
        return "(its message cannot be made)"
