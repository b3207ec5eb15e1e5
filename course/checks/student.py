"""`student`: a student's function or class, seen from a check.

A check calls it like the real thing. Behind it, arguments and results cross as plain data (`wire`) to the probe in the
student's process, which may be this one.

    value = student(x, k=3)              # a value, or StudentError
    values = student.many([args(1), args(2)])        # one round trip
    error = student.error("unknown")     # the StudentError it raised, or None
    model = student(vocabulary_size=9, width=4)      # a class: a Handle to an object that stays over there
    model.load_state_dict(weights); out = model(ids); out.sum().backward(); model.grads()
    encoder = student.build(helper_for("shuffled_bert", order=order))       # a Handle to a helper's object, to pass and to ask
    around = student.build(helper_for("with_head", encoder=model, width=4, classes=2))      # around what the student returned
"""

import copy
import random
import time
from dataclasses import dataclass, field

import torch

from . import sentences, wire
from .probe import tensors_in

CALL_LIMIT = 10.0  # seconds, unless the check states another
CELL_LIMIT = 180.0  # seconds for all calls of one check

_VERDICT = {
    "missing": "missing",
    "time-limit": "time-limit",
    "memory-limit": "memory-limit",
    "value": "wrong-answer",
    "library": "wrong-answer",
}


class StudentError(Exception):
    """The student's code failed, or gave something that no check can use. Its text is a sentence for the student.

    verdict: the verdict this means; type, bases: the exception's names; frames: the student's own lines.
    """

    def __init__(self, sentence, kind, type="", bases=(), frames=(), message=""):
        super().__init__(sentence)
        self.kind, self.verdict = kind, _VERDICT.get(kind, "error")
        self.type, self.bases, self.frames, self.message = type, tuple(bases), list(frames), message

    def is_a(self, name: str) -> bool:
        """Whether the exception is, or derives from, the built-in of that name."""
        return name in self.bases


@dataclass
class Record:
    """What came back with a call: the value, what was printed or warned, the arguments changed in place, seconds."""

    value: object = None
    stdout: str = ""
    warnings: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    seconds: float = 0.0


class args:
    """The arguments of one call of `student.many`."""

    def __init__(self, *positional, **named):
        self.positional, self.named = positional, named


class _Bridge(torch.autograd.Function):
    """Carries gradients over to the far end: forward hands out values already computed there."""

    @staticmethod
    def forward(ctx, ask_backward, outputs, anchor, *inputs):
        ctx.ask_backward = ask_backward
        here = tuple(o.detach() for o in outputs)
        ctx.mark_non_differentiable(*(h for h, o in zip(here, outputs, strict=True) if not o.requires_grad))
        return here

    @staticmethod
    def backward(ctx, *grads):
        return None, None, None, *ctx.ask_backward(grads)


def _is_gradient(found, of):
    """Whether what came back can be the gradient of a tensor."""
    return found is None or (isinstance(found, torch.Tensor) and found.shape == of.shape and found.is_floating_point())  # fmt: skip


class Student:
    """The proxy. name: the exercise; transport: bytes, seconds -> bytes; secret: hide messages of exceptions; own: the
    `sentences.Words` that may be repeated of what the far end says (None: all).

    rng: a `random.Random`, seed: an int, both fixed for this exercise, drawn for the class in a hidden check.
    """

    def __init__(
        self,
        name,
        transport,
        *,
        returns=(),
        finite=True,
        limit=CALL_LIMIT,
        without=(),
        secret=False,
        seed=0,
        own=None,
    ):
        self.own, self.without = own, without
        self.name, self.returns, self.finite, self.limit, self.secret = name, returns, finite, limit, secret
        self.seed, self.rng, self.take = seed, random.Random(seed), wire.TAKE
        self.target, self.method, self.call_seed = 0, None, None
        self.session = _Session(name, transport)

    @property
    def last(self) -> Record:
        """What came with the latest call."""
        return self.session.last

    def using(self, **options):
        """The same student with other options: limit (seconds), seed (of the far end's generators), take (items of an
        iterator), returns, finite."""
        other = copy.copy(self)
        other.call_seed = options.pop("seed", self.call_seed)
        for name, value in options.items():
            if name not in ("limit", "take", "returns", "finite"):
                raise TypeError(f"no option {name!r}")
            setattr(other, name, value)
        return other

    def describe(self) -> dict:
        """kind ("function", "class" or "value"), type and signature of what the student wrote."""
        (what,) = self._ask([{"op": "describe"}])
        if "error" not in what and not all(
            isinstance(what.get(k), str) for k in ("kind", "type", "signature")
        ):
            raise StudentError("The reply of your kernel cannot be read: a malformed reply.", "error")
        if self.own is not None and not self.own(what.get("type", "")):
            what = {**what, "type": "object"}
        self.session.kind = what.get("kind")
        return what

    def build(self, helper):
        """A `Handle` to what a helper builds, or a list of them: to be handed to the student's code, and asked what has become of it."""
        made = self._read({"op": "build", "what": helper})
        if not all(isinstance(each, Handle) for each in (made if isinstance(made, list) else [made])):
            raise self._error(_plain_error({"kind": "unsendable", "message": "malformed helpers"}))
        return made

    def __call__(self, *positional, **named):
        return self.many([args(*positional, **named)])[0]

    def many(self, calls, errors="raise") -> list:
        """The values of many calls, in one round trip. errors="keep" puts a `StudentError` where a call failed."""
        numbers = [self.session.number() for _ in calls]
        asked = [
            {
                "op": "call",
                "target": self.target,
                "method": self.method,
                "args": list(c.positional),
                "kwargs": c.named,
                "call": n,
                "take": self.take,
                "without": list(self.without),
                "graph": torch.is_grad_enabled(),  # a check under `no_grad` will ask for no gradients
            }
            for c, n in zip(calls, numbers, strict=True)
        ]
        values = []
        for call, number, reply in zip(calls, numbers, self._ask(asked), strict=True):
            try:
                values.append(self._receive(call, number, reply))
            except StudentError as error:
                if errors == "raise":
                    raise
                # Its traceback would hold this list, all that was decoded, and so itself, until the next collection.
                error.__context__ = error.__traceback__ = None
                values.append(error)
        return values

    def error(self, *positional, **named):
        """The `StudentError` that a call gives, or None when it returns. An unwritten exercise raises as always."""
        (out,) = self.using(returns=()).many([args(*positional, **named)], errors="keep")
        if isinstance(out, StudentError):
            if out.verdict in ("missing", "time-limit"):
                raise out
            return out
        return None

    def _read(self, operation):
        (reply,) = self._ask([operation])
        if "error" in reply:
            raise self._error(reply["error"])
        return self._value(reply["value"])

    def _receive(self, call, number, reply):
        record = self.session.last = Record(
            stdout=reply["stdout"],
            warnings=reply["warnings"],
            seconds=reply["seconds"],
            changed=self._changed(reply.get("changed")),
        )
        if "error" in reply:
            raise self._error(reply["error"])
        record.value = self._value(reply["value"])
        made = (
            self.target == 0 and self.session.kind == "class"
        )  # `returns` is of its calls, not of making it
        # A class may stand for a function that returns a module: its instance is one. For one that returns values it may not.
        if made and self.returns and self.name.islower() and isinstance(record.value, Handle):
            raise StudentError(f"{self.name} is a function; yours is a class.", "value")
        sentence = sentences.of_value(self.name, record, () if made else self.returns, self.finite)
        if sentence:
            raise StudentError(sentence, "value")
        tensors = list(tensors_in(record.value))
        if any(t.requires_grad for t in tensors):
            inputs = [t for t in tensors_in([list(call.positional), call.named]) if t.requires_grad]
            record.value = self._bridge(record.value, tensors, inputs, number)
        return record.value

    def _changed(self, names):
        """The names of arguments that were changed in place."""
        names = [str(n)[:80] for n in names] if isinstance(names, list) else []
        return [n if self.own is None or self.own(n) else "an argument" for n in names[:5]]

    def _bridge(self, value, outputs, inputs, number):
        def ask_backward(grads):
            (reply,) = self._ask([{"op": "backward", "call": number, "grads": list(grads)}])
            if "error" in reply:
                raise self._error(reply["error"])
            found = self._value(reply["value"])
            fits = isinstance(found, list) and len(found) == len(inputs)
            if not fits or not all(map(_is_gradient, found, inputs)):
                raise self._error(_plain_error({"kind": "unsendable", "message": "malformed gradients"}))
            return [None if g is None else g.to(i) for g, i in zip(found, inputs, strict=True)]

        anchor = torch.zeros((), requires_grad=True)  # parameters alone may need the gradient
        bridged = iter(_Bridge.apply(ask_backward, outputs, anchor, *inputs))
        return _replace_tensors(value, bridged)

    def _ask(self, operations):
        for o in operations:
            o.setdefault("take", self.take)
            o["seed"] = self.call_seed if self.call_seed is not None else self.session.next_seed(self.seed)
        replies = self.session.ask(operations, self.limit)
        if isinstance(replies, dict):  # the request as a whole failed
            raise self._error(replies)
        return replies

    def _value(self, frame):
        def resolve(marker):
            if isinstance(marker, wire.Remote):
                return Handle(self, marker)
            raise wire.WireError("a malformed value (helper)")

        try:
            return wire.decode(frame, resolve=resolve)
        except wire.WireError as error:
            raise self._error(_plain_error({"kind": "unsendable", "message": str(error)})) from None

    def _error(self, error):
        if self.own is not None:
            error = self.own.clean(_plain_error(error))
        if error.get("type") == "MemoryError" or "can't allocate memory" in error.get("message", ""):
            error = {**error, "kind": "memory-limit"}
        sentence = sentences.of_error(self.name, error, self.secret)
        frames = [{k: f[k] for k in ("name", "line", "text")} for f in error.get("frames", ())]
        return StudentError(sentence, error["kind"], frames=frames, **{k: error.get(k, ()) for k in ("type", "bases", "message")})  # fmt: skip


class Handle:
    """An object that stayed in the student's process. Call it, call its methods, `get` an attribute, read `grads()`."""

    def __init__(self, student, remote):
        self._student, self._remote, self.type, self.is_module = (
            student,
            remote,
            remote.type if student.own is None or student.own(remote.type) else "object",
            remote.is_module,
        )

    def _far(self, method=None, checked=False):
        far = copy.copy(self._student)
        far.target, far.method = self._remote.id, method
        if not checked:
            far.returns, far.finite = (), False
        return far

    def __call__(self, *positional, **named):
        return self._far(checked=True)(*positional, **named)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._far(method=name)

    def get(self, name: str):
        """An attribute's value."""
        return self._read({"op": "get", "target": self._remote.id, "name": name})

    def grads(self) -> dict:
        """The gradient of each parameter by name; None where no gradient has arrived."""
        found = self._read({"op": "grads", "target": self._remote.id})
        good = isinstance(found, dict) and all(isinstance(k, str) for k in found)
        if not good or not all(v is None or isinstance(v, torch.Tensor) for v in found.values()):
            raise self._student._error(_plain_error({"kind": "unsendable", "message": "malformed gradients"}))
        return found

    def _read(self, operation):
        return self._student._read(operation)


class _Session:
    """What the copies of one student share: the transport, the budget of time, the counters, the last record."""

    def __init__(self, name, transport):
        self.name = name
        self.transport, self.calls, self.seeds, self.last, self.kind = transport, 0, 0, Record(), None
        self.seconds = 0.0
        self.allow(CELL_LIMIT)

    def allow(self, seconds):
        """All calls from now on may take so long together."""
        self.limit, self.deadline = seconds, time.monotonic() + seconds

    def number(self):
        self.calls += 1
        return self.calls

    def next_seed(self, seed):
        self.seeds += 1
        return (seed * 1_000_003 + self.seeds) % 2**31

    def ask(self, operations, limit):
        left = self.deadline - time.monotonic()
        if left <= 0:
            error = {"kind": "time-limit", "message": "", "limit": self.limit}
            raise StudentError(sentences.of_error(self.name, error, False), "time-limit")
        for o in operations:
            o["limit"], o["left"] = min(limit, left), left
        try:
            request = wire.encode(operations, keep=_remote_of)
            replies = wire.decode(self.transport(request, min(limit * len(operations), left)))
            replies = _replies(replies, operations)
        except wire.WireError as error:
            raise StudentError(f"The reply of your kernel cannot be read: {error}.", "error") from None
        if isinstance(replies, list):
            self.seconds += sum(r["seconds"] for r in replies)
        return replies


def _remote_of(x):
    """A `Handle` among the arguments, as the wire writes it. Errors: `WireError` for any other object."""
    if type(x) is not Handle:
        raise wire.WireError(f"a value of type {type(x).__name__}")
    return {"id": x._remote.id, "type": x._remote.type, "module": x._remote.is_module}


def _replies(replies, operations):
    """The replies to operations, or one error for all of them. Replies are data from a stranger: `WireError` for any
    other form."""
    if not isinstance(replies, list) or not all(isinstance(r, dict) for r in replies):
        raise wire.WireError("a malformed reply")
    if len(replies) == 1 and set(replies[0]) == {"error"}:
        return _plain_error(replies[0]["error"])
    whole = len(replies) == len(operations) and all(
        isinstance(r.get("seconds"), float)
        and isinstance(r.get("stdout"), str)
        and isinstance(r.get("warnings"), list)
        and ("error" in r or (o["op"] == "describe" and "kind" in r) or isinstance(r.get("value"), bytes))
        for r, o in zip(replies, operations, strict=True)
    )
    if not whole:
        raise wire.WireError("a malformed reply")
    return [{**r, "error": _plain_error(r["error"])} if "error" in r else r for r in replies]


def _plain_error(error):
    """An error as `probe.describe_error` makes it, with every field of its own type."""
    if not isinstance(error, dict) or not isinstance(error.get("frames", []), list):
        raise wire.WireError("a malformed reply")
    frames = [f for f in error.get("frames", []) if isinstance(f, dict)]
    texts = {k: str(error.get(k, ""))[:600] for k in ("kind", "type", "message", "signature")}
    bases = error.get("bases", [])
    return {
        **texts,
        "limit": error["limit"] if isinstance(error.get("limit"), (int, float)) else 0,
        "bases": [str(b)[:80] for b in bases] if isinstance(bases, list) else [],
        "frames": [
            {k: str(f.get(k, ""))[:200] for k in ("name", "line", "text", "owner")} for f in frames[-5:]
        ],
    }


def _replace_tensors(value, tensors):
    """`value` with its tensors taken from an iterator, in the order of `tensors_in`."""
    if isinstance(value, torch.Tensor):
        return next(tensors)
    if isinstance(value, dict):
        return {k: _replace_tensors(v, tensors) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_replace_tensors(v, tensors) for v in value))
    if isinstance(value, (list, tuple)):
        return type(value)(_replace_tensors(v, tensors) for v in value)
    return value
