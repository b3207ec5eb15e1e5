"""How values cross between a check and a student's code: JSON for the structure, safetensors for the numbers.

The same encoding is used when both ends share a process and when they do not, so a check sees the same values
in both. Nothing here can run code: there is no pickle, and a frame of any content decodes to plain data or
raises `WireError`.

    frame = encode([1, torch.ones(2)])      # bytes
    decode(frame)                           # [1, tensor([1., 1.])]

What crosses: None, bool, int, float, str, bytes, list, tuple (named ones too), dict, set, range, torch tensors, dtypes,
devices, sizes and generators, numpy arrays and scalars, and whatever can be iterated once, drained to `take` items.
A subclass crosses as its base, chosen by `type(x)` and never by `isinstance`, so an object that lies about its class
gains nothing. Every other object crosses as a handle if the caller supplies `keep`, else it is refused by name.
"""

import base64
import collections
import json
import math
import struct
import types
from dataclasses import dataclass, field

import numpy as np
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

MAX_BYTES = 128 * 2**20  # of one frame; a 30,000 x 300 float32 matrix takes 36 MB
MAX_NODES = 4_000_000  # values inside containers; a corpus of 200,000 words is 220,000 of them
MAX_ALIKE = 100  # keys of one set or dict with the same hash
MAX_TEXT = 96 * 2**20  # bytes of a frame's structure, which takes many times that when it is read
MAX_DEPTH = 60
TAKE = 100_000  # items drained from an iterator unless told otherwise

_HEAD = struct.Struct(">I")
_DTYPES = {str(v).removeprefix("torch."): v for v in vars(torch).values() if isinstance(v, torch.dtype)}
_STORED = tuple(
    n for n in _DTYPES if n.startswith(("float8", "float4", "complex32"))
)  # a CPU has no arithmetic for them
_LAZY = ({}.keys(), {}.values(), {}.items(), *map(iter, ([], (), set(), {}, "", range(0))))
_ITERATORS = (types.GeneratorType, map, filter, zip, enumerate, reversed, range, *map(type, _LAZY))


class WireError(ValueError):
    """A value that cannot cross, or bytes that are no frame. The message says which, in words."""


@dataclass(frozen=True)
class Remote:
    """An object that stayed at the far end; `id` is how the far end knows it."""

    id: int
    type: str
    is_module: bool = False


@dataclass(frozen=True)
class Helper:
    """A named helper of `course.checks.helpers`, to be built at the far end from plain arguments."""

    name: str
    arguments: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Drained:
    """Marks a decoded iterator in the reply: its first items, and whether there were more."""

    items: list
    more: bool


def _refuse_stored(tensor):
    name = str(tensor.dtype).removeprefix("torch.")
    if name in _STORED:
        raise WireError(f"a tensor of {name}, with which a CPU cannot compute")


class _Encoder:
    def __init__(self, keep=None, take=TAKE, max_bytes=MAX_BYTES):
        self.keep, self.take, self.max_bytes = keep, take, max_bytes
        self.tensors, self.nodes, self.bytes = {}, 0, 0

    def spend(self, nbytes):
        self.bytes += nbytes
        self.nodes += 1
        if self.bytes > self.max_bytes or self.nodes > MAX_NODES:
            raise WireError(f"a value larger than {self.max_bytes // 2**20} MB or {MAX_NODES:,} items")

    def node(self, x, depth=0):
        self.spend(8)
        if depth > MAX_DEPTH:
            raise WireError(f"a value nested more than {MAX_DEPTH} deep")
        kind = type(x)
        if x is None or kind is bool:
            return x
        for base in kind.__mro__:  # the first base that has a rule
            rule = _RULES.get(base)
            if rule is not None:
                return rule(self, x, depth)
        if kind in _ITERATORS:
            return self.iterator(x, depth)
        if self.keep is not None:
            return {"$": "object", **self.keep(x)}
        raise WireError(f"a value of type {kind.__name__}")

    def integer(self, x, depth):
        x = int.__index__(x)
        return x if abs(x) < 2**53 else {"$": "int", "v": hex(x)}

    def real(self, x, depth):
        x = float.__float__(x)
        return x if math.isfinite(x) else {"$": "float", "v": repr(x)}

    def text(self, x, depth):
        self.spend(len(x))
        return str.__str__(x)

    def raw(self, x, depth):
        self.spend(len(x))
        if len(x) < 1024:
            return {"$": "bytes", "v": base64.b64encode(bytes(x)).decode()}
        key = str(len(self.tensors))  # longer ones travel beside the numbers, a third smaller
        self.tensors[key] = torch.frombuffer(bytearray(x), dtype=torch.uint8)
        return {"$": "bytes", "i": key}

    def array(self, items, depth):
        return [self.node(i, depth + 1) for i in items]

    def list(self, x, depth):
        return self.array(list.__iter__(x), depth)

    def tuple(self, x, depth):
        names = getattr(type(x), "_fields", None)
        out = {"$": "tuple", "v": self.array(tuple.__iter__(x), depth)}
        if isinstance(names, tuple) and all(isinstance(n, str) for n in names):
            out["names"] = list(names)
        return out

    def set(self, x, depth):
        return {"$": "set", "v": self.array(iter(x), depth)}

    def dict(self, x, depth):
        return {
            "$": "dict",
            "v": [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in dict.items(x)],
        }

    def iterator(self, x, depth):
        items, more = [], False
        for item in x:
            if len(items) == self.take:
                more = True
                break
            items.append(self.node(item, depth + 1))
        return {"$": "iterator", "v": items, "more": more}

    def tensor(self, x, depth):
        plain = torch.Tensor.detach(x)
        if plain.layout != torch.strided or plain.is_quantized or plain.is_nested:
            raise WireError("a sparse, quantised or nested tensor")
        plain = plain.as_subclass(torch.Tensor)
        if plain.device.type == "meta":
            raise WireError("a tensor on the device 'meta', which has a shape but no numbers")
        _refuse_stored(plain)
        self.spend(
            plain.numel() * plain.element_size()
        )  # the logical size: an expanded scalar counts in full
        out = {"$": "tensor", "i": str(len(self.tensors)), "device": str(plain.device)}
        if x.requires_grad:
            out["grad"] = True
        data = plain.cpu().resolve_conj().resolve_neg()
        if data.is_complex():
            data, out["complex"] = torch.view_as_real(data), True
        self.tensors[out["i"]] = data.clone(memory_format=torch.contiguous_format)
        return out

    def ndarray(self, x, depth):
        plain = np.asarray(x)
        try:
            out = self.tensor(torch.from_numpy(np.ascontiguousarray(plain)), depth)
        except TypeError:
            raise WireError(f"a numpy array of {plain.dtype}") from None
        out["$"] = "ndarray"
        out["shape"] = list(plain.shape)  # ascontiguousarray turns 0-d into 1-d
        return out

    def scalar(self, x, depth):
        return self.node(x.item(), depth)

    def generator(self, x, depth):
        out = self.tensor(x.get_state(), depth)
        out["$"] = "generator"
        return out


_RULES = {
    bool: lambda e, x, d: bool(x),
    int: _Encoder.integer,
    float: _Encoder.real,
    str: _Encoder.text,
    bytes: _Encoder.raw,
    bytearray: _Encoder.raw,
    list: _Encoder.list,
    torch.Size: lambda e, x, d: {"$": "size", "v": [int(i) for i in x]},
    tuple: _Encoder.tuple,
    set: _Encoder.set,
    frozenset: _Encoder.set,
    dict: _Encoder.dict,
    collections.deque: lambda e, x, d: e.array(iter(x), d),
    torch.Tensor: _Encoder.tensor,
    np.ndarray: _Encoder.ndarray,
    np.generic: _Encoder.scalar,
    torch.dtype: lambda e, x, d: {"$": "dtype", "v": str(x).removeprefix("torch.")},
    torch.device: lambda e, x, d: {"$": "device", "v": str(x)},
    torch.Generator: _Encoder.generator,
    Helper: lambda e, x, d: {"$": "helper", "name": x.name, "v": e.node(x.arguments, d + 1)},
    Remote: lambda e, x, d: {"$": "object", "id": x.id, "type": x.type, "module": x.is_module},
}


def encode(value, *, keep=None, take=TAKE, max_bytes=MAX_BYTES) -> bytes:
    """One value as a frame. `keep(x)` may turn an object with no rule into `{"id", "type", "module"}`.

    Errors: `WireError` for what cannot cross, naming it.
    """
    encoder = _Encoder(keep, take, max_bytes)
    text = json.dumps(encoder.node(value), separators=(",", ":")).encode()
    return _HEAD.pack(len(text)) + text + save_tensors(encoder.tensors)


def _spread(keys):
    """The keys of a set or a dict, unless so many of them hash alike that building it takes the square of the time."""
    if len(keys) > MAX_ALIKE and collections.Counter(map(hash, keys)).most_common(1)[0][1] > MAX_ALIKE:
        raise WireError("a set or dict of keys that hash alike")
    return keys


class _Decoder:
    def __init__(self, tensors, resolve, max_bytes):
        self.tensors, self.resolve, self.max_bytes = tensors, resolve, max_bytes
        self.nodes, self.bytes = 0, 0

    def buffer(self, key):
        """The numbers under a key. One buffer may be named many times, so what is handed out is counted."""
        out = self.tensors[key]
        _refuse_stored(out)
        self.bytes += out.numel() * out.element_size()
        if self.bytes > self.max_bytes:
            raise WireError("a value that is too large")
        return out

    def node(self, n):
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise WireError("a value of too many items")
        if isinstance(n, list):
            return [self.node(i) for i in n]
        if not isinstance(n, dict):
            return n
        try:
            return getattr(self, "do_" + n["$"])(n)
        except WireError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError, RuntimeError, OverflowError) as error:
            raise WireError(f"a malformed value ({type(error).__name__})") from None

    def do_int(self, n):
        return int(n["v"], 16)

    def do_float(self, n):
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[n["v"]]

    def do_bytes(self, n):
        return self.buffer(n["i"]).numpy().tobytes() if "i" in n else base64.b64decode(n["v"], validate=True)

    def do_tuple(self, n):
        items = [self.node(i) for i in n["v"]]
        return collections.namedtuple("Result", n["names"])(*items) if "names" in n else tuple(items)

    def do_size(self, n):
        size = torch.Size(n["v"])
        repr(size)  # one with numbers beyond 64 bits can be made, and fails whoever shows it
        return size

    def do_set(self, n):
        return set(_spread([self.node(i) for i in n["v"]]))

    def do_dict(self, n):
        keys = _spread([self.node(k) for k, _ in n["v"]])
        return dict(zip(keys, [self.node(v) for _, v in n["v"]], strict=True))

    def do_iterator(self, n):
        return (
            Drained([self.node(i) for i in n["v"]], bool(n["more"]))
            if n["more"]
            else [self.node(i) for i in n["v"]]
        )

    def do_tensor(self, n):
        out = self.buffer(n["i"])
        if n.get("complex"):
            out = torch.view_as_complex(out)
        if n["device"] != "cpu":
            out.far_device = str(n["device"])  # judged on the CPU, but a check can ask where it was
        if n.get("grad"):
            out.requires_grad_(True)
        return out

    def do_ndarray(self, n):
        return self.do_tensor(n).numpy().reshape(n["shape"])

    def do_generator(self, n):
        out = torch.Generator()
        out.set_state(self.buffer(n["i"]))
        return out

    def do_dtype(self, n):
        return _DTYPES[n["v"]]

    def do_device(self, n):
        return torch.device(n["v"])

    def do_helper(self, n):
        return self.resolve(Helper(str(n["name"]), self.node(n["v"])))

    def do_object(self, n):
        return self.resolve(Remote(int(n["id"]), str(n["type"])[:80], bool(n["module"])))


def decode(frame: bytes, *, resolve=lambda marker: marker, max_bytes=MAX_BYTES):
    """The value of a frame. `resolve` turns a `Remote` or a `Helper` into what it stands for at this end.

    Errors: `WireError` for bytes that are no frame.
    """
    try:
        if len(frame) > 2 * max_bytes:  # the structure and the numbers, each within the bound
            raise WireError("a frame that is too large")
        (size,) = _HEAD.unpack_from(frame)
        if size > MAX_TEXT:
            raise WireError("a frame whose structure is too large")
        text = frame[_HEAD.size : _HEAD.size + size]
        if text.count(b"[") + text.count(b"{") > MAX_NODES:  # before it takes seconds to read
            raise WireError("a value of too many items")
        tree = json.loads(text)
        return _Decoder(load_tensors(frame[_HEAD.size + size :]), resolve, max_bytes).node(tree)
    except WireError:
        raise
    except RecursionError:
        raise WireError("a value nested too deep") from None
    except Exception as error:  # struct, json and safetensors each have their own
        raise WireError(f"bytes that are no frame ({type(error).__name__})") from None
