"""A student's module, seen from a check: its parameters are those that `__init__` sets, its results numbers of a known shape.

    model = module_of(student, dense("query", "output"), 6, 3)
    model.load_state_dict(weights_for(model, seed=1))
    model(x)                                   # float, of the shape of x, or a sentence on what it is instead

So no line of a check meets a result that it cannot compare.
"""

import torch

from .require import require, require_shape
from .sentences import describe
from .student import Handle, StudentError


def dense(*names):
    """The parameters of dense layers, or of norms, with these names."""
    return [f"{name}.{kind}" for name in names for kind in ("weight", "bias")]


def state_of(model):
    """The state dict of a `Handle`: a dict of tensors by name."""
    state = model.state_dict()
    require(
        isinstance(state, dict) and all(isinstance(t, torch.Tensor) for t in state.values()),
        "`state_dict()` of your module gives no dict of tensors; leave it as nn.Module has it.",
    )
    return state


def weights_for(model, seed):
    """Random weights in the shapes of a model's own, by name."""
    generator = torch.Generator().manual_seed(seed)
    return {n: torch.randn(p.shape, generator=generator) for n, p in state_of(model).items()}


def floats_of(found, shape, axes, came, what="The result"):
    """The value, which must be a tensor of floating-point numbers of this shape. axes: what they are called; came: the tensor that went in."""
    require(
        isinstance(found, torch.Tensor),
        "{what} should be a tensor, {axes}; yours is {yours}.",
        what=what,
        axes=axes,
        yours=describe(found),
    )
    require_shape(found, shape, f"What comes in is {tuple(came.shape)}; {what[0].lower()}{what[1:]}, {axes},")
    require(
        found.is_floating_point(),
        "{what} should be floating-point numbers; yours are {dtype}.",
        what=what,
        dtype=str(found.dtype).removeprefix("torch."),
    )
    return found


def require_model(model):
    """The value, which must be one module: what a training returns."""
    require(
        isinstance(model, Handle) and model.is_module,
        "Return the model that you trained, one nn.Module.",
    )
    return model


class Module:
    """A `Handle` whose every result is floating-point, and of a shape that follows from the first argument's."""

    def __init__(self, handle, shape, axes):
        self._handle, self._shape, self._axes = handle, shape, axes

    def __call__(self, x, *rest, **named):
        return floats_of(self._handle(x, *rest, **named), self._shape(x), self._axes, x)

    def error(self, *given, **named):
        """The `StudentError` that a call gives, or None when it returns."""
        try:
            self._handle(*given, **named)
        except StudentError as error:
            if error.verdict in ("missing", "time-limit"):
                raise
            return error
        return None

    def __getattr__(self, name):
        return getattr(self._handle, name)


def module_of(student, parameters, *given, shape=lambda x: x.shape, axes="(batch, time, dim)", **named):
    """The student's module as a `Module`; its parameters must be these, by name.

    given, named: the arguments of its class; shape: of a result, from that of the first argument; axes: what they are called.
    """
    model = student(*given, **named)
    require(
        isinstance(model, Handle) and model.is_module,
        "{name}(...) should make an nn.Module.",
        name=student.name,
    )
    model.float()  # whatever the notebook's default dtype is: what a check hands over has float32
    found = list(state_of(model))
    missing, more = [n for n in parameters if n not in found], [n for n in found if n not in parameters]
    require(
        not missing and not more,
        "Keep the layers as `__init__` sets them.{missing}{more}",
        missing=f" Yours is without {_some(missing)}." if missing else "",
        more=f" Yours also has {_some(more)}." if more else "",
    )
    return Module(model, shape, axes)


def _some(names):
    return ", ".join(f"`{n}`" for n in names[:4]) + (" and more" if len(names) > 4 else "")
