"""Stand-ins for the parts of a T5, so that what is made of them is known: buckets, attention, norm, block, bias."""

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from . import helper


class Buckets:
    """Stands in for `relative_position_bucket`: every offset has a bucket of its own, from the farthest before the query to the farthest
    behind it, as many as there are; and it remembers with which options it was called."""

    def __init__(self):
        self.came = []

    def __call__(self, offset, bidirectional=True, buckets=32, max_distance=128):
        """offset: long, of any shape. Returns long of the same shape, from 0 to buckets - 1."""
        if not isinstance(offset, torch.Tensor) or offset.dtype != torch.long:
            raise TypeError("`bucket` takes the offsets as a tensor of type torch.long")
        self.came.append([bidirectional, buckets, max_distance])
        return (offset + buckets // 2).clamp(0, buckets - 1)

    def options(self):
        """The options of the calls so far, each once, in plain numbers."""
        plain = [[getattr(x, "item", lambda x=x: x)() for x in each] for each in self.came]
        return [each for i, each in enumerate(plain) if each not in plain[:i]]


@helper
def plain_buckets():
    """A `Buckets`."""
    return Buckets()


class Devices(TorchFunctionMode):
    """Notes whether anybody asks where a tensor is, or makes one like another."""

    def __init__(self):
        super().__init__()
        self.asked = False

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        asks = (
            torch.Tensor.device.__get__,
            torch.Tensor.is_cuda.__get__,
            torch.Tensor.to,
            torch.Tensor.get_device,
        )
        self.asked = self.asked or func in asks or name.startswith("new_") or name.endswith("_like")
        return func(*args, **(kwargs or {}))


class Placed:
    """A module with a `table`, watched as to where it looks things up, without a second device at hand."""

    def __init__(self, module):
        self.module = module

    def asks(self, *given):
        """Whether a call of the module asks anything for its device before it hands places to the table; True where it does not call it."""
        called = []
        hook = self.module.table.register_forward_pre_hook(lambda table, ids: called.append(ids))
        try:
            with Devices() as watched:
                self.module(*given)
        finally:
            hook.remove()
        return watched.asked or not called


@helper
def placed(module):
    """A `Placed`."""
    return Placed(module)


class Looking(nn.Module):
    """Stands in for attention: what it gives is `own` times x plus `found` times a mean of the memory, weighted by the bias alone."""

    def __init__(self, width, heads, size):
        super().__init__()
        self.heads = heads
        self.own, self.found = nn.Parameter(torch.zeros(())), nn.Parameter(torch.zeros(()))

    def forward(self, x, memory, bias=None, may=None):
        """As T5's: x (batch, time, width), memory (batch, source, width); bias, may: None, or broadcast to (batch, heads, time, source)."""
        scores = x.new_zeros(len(x), self.heads, x.shape[1], memory.shape[1])
        if bias is not None:
            scores = scores + bias
        if may is not None:
            scores = scores.masked_fill(~may, -torch.inf)
        return self.own * x + self.found * (scores.softmax(-1).mean(1) @ memory)


@helper
def looking():
    """The class `Looking`."""
    return Looking


class Factors(nn.Module):
    """Stands in for a norm: it multiplies by `weight`, and no vector's length counts."""

    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        """x: float (..., width). Returns the same shape."""
        return self.weight * x


@helper
def factors():
    """The class `Factors`."""
    return Factors


class Adding(nn.Module):
    """Stands in for a block of T5: it adds to x what two `Looking`s find in the text and in the memory, and `plus`."""

    def __init__(self, width, heads, size, inner, cross=False):
        super().__init__()
        self.attention = Looking(width, heads, size)
        if cross:
            self.cross = Looking(width, heads, size)
        self.plus = nn.Parameter(torch.zeros(width))

    def forward(self, x, bias=None, may=None, memory=None, memory_may=None):
        """As a T5Block's."""
        x = x + self.attention(x, x, bias, may) + self.plus
        return x if memory is None else x + self.cross(x, memory, None, memory_may)


@helper
def adding():
    """The class `Adding`."""
    return Adding


class Slope(nn.Module):
    """Stands in for a bias: `slope`, one number for each head, times the offset."""

    def __init__(self, heads, bidirectional=True):
        super().__init__()
        self.slope = nn.Parameter(torch.zeros(heads))

    def forward(self, queries, keys):
        """Returns float (1, heads, queries, keys)."""
        offset = torch.arange(keys) - torch.arange(queries)[:, None]
        return (self.slope[:, None, None] * offset)[None]


@helper
def slopes():
    """The class `Slope`."""
    return Slope
