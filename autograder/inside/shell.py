"""The kernel that runs a submission's cells: ipykernel's own shell, spoken to over one stream socket.

A request is a frame of `course.checks.wire` behind its size; so is its reply. The first byte tells whom it is for:

    K  the kernel: {"op": "files", "files"}, {"op": "run", "source", "limit"}, {"op": "probe", "name"}
    P  the probe of the exercise chosen last: what `course.checks.probe.Probe.handle` takes

At its check cell an exercise is kept ({"op": "keep"}): a fork of the kernel that waits, with everything as it was there. When
all cells have run, {"op": "probe"} wakes it, and {"op": "done"} ends it. So no cell runs after a check has shown anything to
student code, and none can print it. What no fork survives is kept as it is, and judged in the kernel itself: where CUDA has
started, and where threads or processes are at work that the answer may need, such as a pool's.

Whatever this process says is hearsay: student code runs in it. The judge looks at all of it as data from a stranger.
"""

import gc
import importlib
import multiprocessing
import os
import struct
import sys
import threading
import time
from pathlib import Path

OUTPUT = 400_000  # characters kept of a cell's outputs, pictures apart
PICTURES = 4_000_000  # and of its pictures
# What labs import, and what torch brings in at its first backward (with sympy, 0.3 s) and an optimizer's first step.
WARM = (
    "torch._dynamo",
    "torch.fx.experimental.symbolic_shapes",
    "torch.nn.functional",
    "torch.utils.data",
    "numpy.ctypeslib",
    "transformers",
    "tokenizers",
    "datasets",
    "safetensors.torch",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "PIL.Image",
    "IPython.core.pylabtools",
    "tqdm.auto",
    "ipywidgets",
    "anywidget",
    "dateutil.rrule",
    "course",
    "course.settings",
    "course.data",
    "course.models",
    "course.training",
    "course.widgets.base",
    "course.widgets.elmo_reader",
    "course.widgets.embedding_map",
    "course.widgets.window_stepper",
    "course.checks.lab",
    "course.checks.helpers",
    "course.checks.written",
    "course.checks.word_vectors",
)
DONE = b"."  # what a probe's fork says when it ends as it was told to
_SIZE = struct.Struct(">Q")


class Outputs:
    """What the cell that runs now has shown, as nbformat's outputs, bounded: what comes after the bound is dropped."""

    def __init__(self):
        self.lock = threading.Lock()
        self.clear()

    def clear(self):
        self.kept, self.text, self.pictures, self.cut, self.waiting = [], 0, 0, False, False

    def stream(self, name, text):
        with self.lock:
            self.forget()
            room = max(OUTPUT - self.text, 0)
            self.cut |= len(text) > room
            text = text[:room]
            self.text += len(text)
            if self.kept and self.kept[-1].get("name") == name:
                self.kept[-1]["pieces"].append(text)
            elif text:
                self.kept.append({"output_type": "stream", "name": name, "pieces": [text]})

    def add(self, kind, content):
        """A message of the Jupyter protocol that a notebook keeps."""
        with self.lock:
            if kind == "clear_output":
                self.waiting = bool(content.get("wait"))
                if not self.waiting:
                    self.kept = []
                return
            if kind not in ("execute_result", "display_data", "update_display_data", "error"):
                return
            self.forget()
            out = {"output_type": kind.removeprefix("update_")}
            if kind == "error":
                out.update({k: content[k] for k in ("ename", "evalue", "traceback")})
                size = sum(map(len, out["traceback"])) + len(out["evalue"])
            else:
                out.update(data=content["data"], metadata=content.get("metadata", {}))
                out["display_id"] = content.get("transient", {}).get("display_id")
                size = 0
                for mime, value in content["data"].items():
                    if mime.startswith("image/"):
                        self.pictures += len(value)
                    else:
                        size += len(str(value))
            self.text += size
            if self.text > OUTPUT or self.pictures > PICTURES:
                self.cut = True
                return
            if kind == "update_display_data":
                for i, old in enumerate(self.kept):
                    if old.get("display_id") and old["display_id"] == out["display_id"]:
                        self.kept[i] = out
                return
            self.kept.append(out)

    def forget(self):
        if self.waiting:
            self.kept, self.waiting = [], False

    def take(self):
        with self.lock:
            kept, cut = self.kept, self.cut
            self.clear()
        for out in kept:
            out.pop("display_id", None)
            if "pieces" in out:
                out["text"] = "".join(out.pop("pieces"))
        if cut:
            out = {"output_type": "stream", "name": "stdout", "text": "\n[The rest of the output was cut.]\n"}
            kept.append(out)
        return kept


class Stream:
    """`sys.stdout` and `sys.stderr` of the kernel."""

    encoding, errors, closed, newlines, line_buffering = "utf-8", "replace", False, None, False

    def __init__(self, name, outputs):
        self.name, self.outputs = f"<{name}>", outputs
        self.short = name

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.outputs.stream(self.short, text)
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def close(self):
        pass

    def isatty(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return True

    def seekable(self):
        return False

    def fileno(self):
        return {"stdout": 1, "stderr": 2}[self.short]


def warm():
    """Import what labs import and make the shell, so that a fork is ready at once. Returns `serve`."""
    import torch

    torch.set_num_threads(1)
    # one thread a kernel, whatever a cell asks for: a fork of a process with more hangs at its first matrix product
    torch.set_num_threads = lambda number: None
    for name in WARM:
        importlib.import_module(name)
    from ipykernel import debugger
    from ipykernel.inprocess.ipkernel import DummySocket
    from ipykernel.ipkernel import IPythonKernel
    from IPython.core.history import HistoryManager
    from jupyter_client.session import Session
    from matplotlib_inline import backend_inline

    from course.checks import wire
    from course.checks.probe import Probe

    outputs = Outputs()

    class Kept(Session):
        """A session that keeps what would be sent to a front end."""

        def send(self, stream, msg_or_type, content=None, *rest, **options):
            if isinstance(msg_or_type, dict):
                outputs.add(msg_or_type["header"]["msg_type"], msg_or_type["content"])
            else:
                outputs.add(msg_or_type, content or {})
            return {}

    HistoryManager.enabled = False
    debugger._is_debugpy_available = False
    kernel = IPythonKernel(session=Kept(key=b""), iopub_socket=DummySocket(), user_ns={})
    sys.stdout, sys.stderr = Stream("stdout", outputs), Stream("stderr", outputs)
    kernel.shell.autoawait = True
    kernel.shell.set_custom_exc((RecursionError,), _short_traceback)
    sys.modules["tqdm"].tqdm.monitor_interval = 0  # a bar leaves no thread behind
    backend_inline._enable_matplotlib_integration()  # at its import there was no shell to show pictures in
    gc.collect()
    gc.freeze()  # what is here now is never looked at again, and so stays shared with every fork

    def serve(line):
        _Server(line, kernel, outputs, Probe, wire).run()

    return serve


def _short_traceback(shell, kind, error, traceback, tb_offset=None):
    """The first and the last frames of a recursion; IPython would take seconds to format a thousand."""
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    kept = frames[:12] + frames[-12:] if len(frames) > 24 else frames
    for one, following in zip(kept, [*kept[1:], None], strict=True):
        one.tb_next = following
    lines = shell.InteractiveTB.structured_traceback(kind, error, kept[0], tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)
    return lines


def _has_ended(child):
    try:
        return os.waitpid(child, os.WNOHANG)[0] != 0
    except ChildProcessError:  # student code has waited for it
        return True


class _Server:
    def __init__(self, line, kernel, outputs, probe, wire):
        self.line, self.kernel, self.outputs, self.make_probe, self.wire = line, kernel, outputs, probe, wire
        self.probe, self.pid, self.forking = None, os.getpid(), False
        self.kernel_pid, self.kept, self.forks, self.end = self.pid, {}, [], None
        os.register_at_fork(after_in_child=self.forked)

    def forked(self):
        """A process that student code forks must not speak for the kernel, not even by accident."""
        if not self.forking:
            self.line.close()
            if self.end is not None:  # else its end would not be seen as long as this one lives
                os.close(self.end)
                self.end = None

    def run(self):
        self.threads = threading.active_count()
        os.environ["HOME"] = os.getcwd()
        sys.path.insert(0, "")
        if share := os.environ.pop("AUTOGRADER_GPU_SHARE", None):
            import torch

            # runs when CUDA starts, which is after the fork and only where student code asks for it
            torch.cuda._lazy_call(lambda: torch.cuda.set_per_process_memory_fraction(float(share)))
        self.kernel._forward_input(False)  # input() is refused, as in every grader: nobody is there to answer
        self.kernel.shell.user_ns["__name__"] = "__main__"
        while True:
            request = self.receive()
            if request is None:
                os._exit(0)
            kind, frame = request[:1], request[1:]
            if kind == b"P":
                reply = (
                    self.probe.handle(frame)
                    if self.probe
                    else self.wire.encode([{"error": {"kind": "lost"}}])
                )
            else:
                reply = self.kernel_request(frame)
            if os.getpid() != self.pid:  # forked in the middle of a cell, and got this far
                os._exit(0)
            self.reply(reply)

    def reply(self, reply):
        self.line.sendall(_SIZE.pack(len(reply)))
        self.line.sendall(reply)

    def receive(self):
        head = self.exactly(_SIZE.size)
        return self.exactly(_SIZE.unpack(head)[0]) if head else None

    def exactly(self, size):
        out = bytearray()
        while len(out) < size:
            piece = self.line.recv(min(size - len(out), 1 << 20))
            if not piece:
                return None
            out += piece
        return bytes(out)

    def kernel_request(self, frame):
        request = self.wire.decode(frame)
        return self.wire.encode(getattr(self, "do_" + request["op"])(request))

    def do_files(self, request):
        for name, data in request["files"].items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return {}

    def do_run(self, request):
        from course.checks.limits import TimeLimit, time_limit

        began, over, failed = time.perf_counter(), False, None
        try:
            with time_limit(request["limit"]):
                result = self.kernel.shell.run_cell(request["source"], store_history=True)
                failed = result.error_before_exec or result.error_in_exec
        except TimeLimit:
            over = True
        except BaseException as error:  # SystemExit and its kin, out of what IPython catches
            failed = error
        seconds = time.perf_counter() - began
        return {
            "outputs": self.outputs.take(),
            "count": self.kernel.shell.execution_count - 1,
            "failed": type(failed).__name__ if failed is not None else "",
            "over": over or seconds > request["limit"],
        }

    def do_keep(self, request):
        """Fork, and let the fork wait until it is asked for. found: whether there is something of that name."""
        name, names = request["name"], self.kernel.shell.user_ns
        if name not in names:
            return {"found": False}
        target = names[name]
        if self.needs_the_kernel():
            self.kept[name] = (0, target)
            return {"found": True}
        wait, wake = os.pipe()
        over, end = os.pipe()
        self.forking = True
        child = os.fork()
        self.forking = False
        if child:
            os.close(wait)
            os.close(end)
            self.kept[name] = (wake, over)
            self.forks.append(child)
            return {"found": True}
        os.close(wake)
        os.close(over)
        self.pid, self.end = os.getpid(), end
        self.outputs.lock = threading.Lock()  # another thread may have held it
        if not os.read(wait, 1):
            os._exit(0)  # the kernel has ended
        self.probe = self.make_probe(target)
        return {"found": True}

    def needs_the_kernel(self):
        """Whether there is something here that a fork would not have."""
        import torch

        others = threading.active_count() > self.threads or multiprocessing.active_children()
        return torch.cuda.is_initialized() or bool(others)

    def do_probe(self, request):
        """Wake what was kept; it answers in this process's stead until it is done."""
        wake, over = self.kept.pop(request["name"], (None, None))
        if wake is None:
            return {"found": False}
        if wake == 0:
            self.probe = self.make_probe(over)
            return {"found": True}
        self.forks = [f for f in self.forks if not _has_ended(f)]
        os.write(wake, b"1")
        os.close(wake)
        said = b""
        while True:
            try:
                said = os.read(over, 1)  # nothing when it has died; to see it end takes longer
                break
            except BaseException:  # an alarm of the student's own
                continue
        os.close(over)
        # one request is still without a reply: the last one to the probe, where it did not end as asked
        if said != DONE:
            self.reply(self.wire.encode([{"error": {"kind": "lost"}}]))
            return self.wait_for_done()
        return {}

    def wait_for_done(self):
        """The check goes on asking a probe that has died; tell it so until it is done."""
        while (request := self.receive()) is not None:
            if request[:1] == b"K":
                return {}
            self.reply(self.wire.encode([{"error": {"kind": "lost"}}]))
        os._exit(0)

    def do_done(self, request):
        """In the fork: end; the kernel itself sends the reply. Where there was no fork: forget the probe."""
        if self.probe is not None and self.pid != self.kernel_pid:
            os.write(self.end, DONE)
            os._exit(0)
        self.probe = None
        return {}
