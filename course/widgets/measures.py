"""What can be measured in each part of a network: the norm of its gradient, and how far it has moved. And the bars that show it.

parts are those of `course.widgets.parts`; what is found is {name of the part: number}, None where there was nothing to measure.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from course.widgets.parts import Part

if TYPE_CHECKING:
    import torch

_TITLES = {"gradient": "gradient norm", "moved": "moved"}
_LEAST = 0.02  # of the length of the longest: the shortest bar that can be seen


def gradient_norms(parts: list[Part], loss: "torch.Tensor | None" = None) -> dict[str, float | None]:
    """Of the gradients of `loss`, computed here, or of those in `.grad`. Frozen tensors have none."""
    tensors = [tensor.parameter for part in parts for tensor in part.own]
    if loss is None:
        gradients = {id(tensor): tensor.grad for tensor in tensors}
    else:
        gradients = _gradients(loss, [tensor for tensor in tensors if tensor.requires_grad])
    found = {}
    for part in parts:
        own = [gradients.get(id(tensor.parameter)) for tensor in part.own]
        squares = [_dense(gradient).square().sum().item() for gradient in own if gradient is not None]
        found[part.name] = math.sqrt(sum(squares)) if squares else None
    if all(norm is None for norm in found.values()):
        raise ValueError(
            "No part has a gradient: call loss.backward() before, or give the loss to measure(loss)."
        )
    return found


def ways(parts: list[Part], before: Mapping[str, "torch.Tensor"]) -> dict[str, float | None]:
    """‖now − before‖ / ‖before‖ of each part; infinite where it was 0 and is not."""
    if not isinstance(before, Mapping):
        raise ValueError(
            f"compare() takes a state dict, a copy of model.state_dict(); you gave a {type(before).__name__}."
        )
    found = {part.name: _way(part, before) for part in parts}
    if all(way is None for way in found.values()):
        raise ValueError(
            "This state dict has no whole part of the model: is it of another model, or of one inside it?"
        )
    return found


def bars(what: str, values: list[float | None]) -> dict[str, Any]:
    """For a measure: its title, its scale in words, and for each part (length from 0 to 1, number as a text).

    what: "gradient", on a log scale between powers of ten, as norms lie decades apart; or "moved", from 0 to the largest.
    """
    real = [value for value in values if value is not None and math.isfinite(value) and value > 0]
    if what == "moved":
        most = max(real, default=1.0)
        scale = f"0 to {_text(100 * most)} % of its norm"
    else:
        low = math.floor(math.log10(min(real, default=0.1)))
        high = max(low + 1, math.ceil(math.log10(max(real, default=1.0))))
        scale = f"log scale, {_power(low)} to {_power(high)}"
    drawn = []
    for value in values:
        if value is None:
            drawn.append((0.0, "none"))
        elif not math.isfinite(value):
            drawn.append((0.0, "not a number" if math.isnan(value) else "infinite"))
        elif value == 0:
            drawn.append((0.0, "0 %" if what == "moved" else "0"))
        elif what == "moved":
            drawn.append((max(_LEAST, value / most), f"{_text(100 * value)} %"))
        else:
            drawn.append((max(_LEAST, (math.log10(value) - low) / (high - low)), _text(value)))
    return {"title": _TITLES[what], "scale": scale, "bars": drawn}


def _gradients(loss: Any, tensors: list["torch.Tensor"]) -> dict[int, "torch.Tensor | None"]:
    import torch

    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        is_tensor = isinstance(loss, torch.Tensor)
        what = f"a tensor of shape {tuple(loss.shape)}" if is_tensor else f"a {type(loss).__name__}"
        raise ValueError(f"measure() takes a loss, a tensor with one number; you gave {what}.")
    if not tensors or not loss.requires_grad:
        raise ValueError(
            "This loss hangs on nothing that learns: all is frozen, or it was computed under torch.no_grad()."
        )
    try:
        found = torch.autograd.grad(loss, tensors, retain_graph=True, allow_unused=True)
    except RuntimeError as error:
        if "second time" in str(error):
            why = "has been through backward() already: measure it before, or call measure() without it"
        elif "inplace operation" in str(error):
            why = "is of the model before its last step: compute it again"
        else:
            raise
        raise ValueError(f"This loss {why}.") from None
    return {id(tensor): gradient for tensor, gradient in zip(tensors, found, strict=True)}


def _dense(gradient: "torch.Tensor") -> "torch.Tensor":
    return (gradient.coalesce().values() if gradient.is_sparse else gradient).detach().cpu().double()


def _way(part: Part, before: Mapping[str, "torch.Tensor"]) -> float | None:
    """None where `before` does not have all of it."""
    way = norm = 0.0
    for tensor in part.own:
        now, then = tensor.parameter.detach(), before.get(tensor.name)
        if then is None:
            return None
        shape = tuple(getattr(then, "shape", ()))
        if shape != tuple(now.shape):
            raise ValueError(
                f"{tensor.name} has the shape {tuple(now.shape)} in the model and {shape} in the state dict."
            )
        if now.numel() and then.data_ptr() == now.data_ptr():
            raise ValueError(
                "This state dict is no copy: its tensors are the model's own and have moved with it. "
                "Take copy.deepcopy(model.state_dict()) before the training."
            )
        then = then.detach().cpu().double()
        way += (now.cpu().double() - then).square().sum().item()
        norm += then.square().sum().item()
    return math.sqrt(way / norm) if norm else (math.inf if way else 0.0)


def _power(exponent: int) -> str:
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return {0: "1", 1: "10"}.get(exponent, f"10{raised}")


def _text(value: float) -> str:
    if not 1e-3 <= value < 1e5:
        digits, power = f"{value:.1e}".split("e")
        return f"{digits}e{int(power)}"
    return f"{value:,.0f}" if value >= 9.95 else f"{value:#.2g}"
