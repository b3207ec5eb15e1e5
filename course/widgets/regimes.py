"""The regimes of `TrainableView`: what learns in each of them, with which rate, and where the backward pass ends.

    column(parts, "frozen", rate=1e-3)["epochs"][0]["states"]    # ["none", "none", …, "all"]

`parts` are the plain ones that the view shares with its picture: see `TrainableView.parts`.
"""

import math
from typing import Any

from course.widgets.bottlenecks import SIZES, numbers_of
from course.widgets.regime_words import NOW, said_of

# what a way to train is called, what it starts from, and a usual learning rate for a BERT of 110 million parameters
REGIMES = {
    "scratch": ("from scratch", "random start", 1e-4),
    "frozen": ("frozen + linear", "pretrained", 1e-3),
    "biases": ("head + biases", "pretrained", 5e-4),
    "unfreezing": ("unfreezing", "pretrained", 2e-5),
    "adapters": ("adapters", "pretrained", 1e-3),
    "layerwise": ("layerwise rates", "pretrained", 5e-5),
    "fine-tuned": ("fine-tuned", "pretrained", 2e-5),
}
_KEPT = 2  # numbers that AdamW keeps for each that learns: the means of its gradients and of their squares

Parts = list[dict[str, Any]]


def column(parts: Parts, name: str, rate: float | None = None) -> dict[str, Any]:
    """A column of the picture: its title, what it starts from, its rate, and its epochs: as many as `_steps_of` says."""
    title, start, _ = REGIMES.get(name, (NOW, "requires_grad, mode", None))
    epochs = [_epoch(parts, name, step) for step in _steps_of(parts, name)]
    return {"title": title, "start": start, "rate": rate, "epochs": epochs}


def epochs_of(parts: Parts) -> int:
    """After how many epochs of unfreezing everything learns."""
    return max((part["opens"] for part in parts), default=1)


def rate_text(rate: float) -> str:
    """2e-5, 1.6e-5: two digits. The nudge rounds a half up, as the picture does."""
    digits, power = f"{rate * (1 + 1e-9):.1e}".split("e")
    return f"{digits.removesuffix('.0')}e{int(power)}" if rate else "0"


def _steps_of(parts: Parts, name: str) -> tuple[int, ...]:
    """What a slider goes through: the epochs of "unfreezing"; for "adapters" their sizes, 0 where the model has its own; else one."""
    if name == "unfreezing":
        return tuple(range(1, epochs_of(parts) + 1))
    if name == "adapters":
        return (0,) if any(part["adapters"] for part in parts) else SIZES
    return (1,)


def _epoch(parts: Parts, name: str, step: int) -> dict[str, Any]:
    """For each part its state: "all" of it learns, "some" does, the gradient "passes" through to what learns below, or "none" comes.

    step: the epoch of unfreezing, or the size of the adapters. added: for each part how many numbers the regime adds to it, in an adapter.
    count, share: how many of all parameters learn, of those that are added too. kept: how many numbers AdamW keeps for them. reach: the
    place of the lowest part that learns, where the backward pass ends; -1: none does.
    """
    learn = [[_learns(name, step, part, tensor) for tensor in own_of(part)] for part in parts]
    added = [numbers_of(part["width"], step) if name == "adapters" and step else 0 for part in parts]
    reach = next((i for i, own in enumerate(learn) if any(own) or added[i]), -1)
    states = [
        "all" if all(own) else "some" if any(own) or added[i] else "passes" if -1 < reach < i else "none"
        for i, own in enumerate(learn)
    ]
    learning = [
        tensor
        for part, own in zip(parts, learn, strict=True)
        for tensor, one in zip(own_of(part), own, strict=True)
        if one
    ]
    count = sum(tensor["count"] for tensor in learning) + sum(added)
    total = sum(part["count"] for part in parts) + sum(added)
    # an optimizer keeps nothing for a tensor that it was not given
    left = [tensor for tensor in learning if name == NOW and tensor["given"] is False]
    return {
        "states": states, "count": count, "share": _percent(count, total), "reach": reach, "added": added,
        "kept": _KEPT * (count - sum(tensor["count"] for tensor in left)),
        "said": said_of(parts, name, step, epochs_of(parts), states, reach, added, len(left)),
    }  # fmt: skip


def own_of(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The tensors that are counted in this part and in no other."""
    return [tensor for tensor in part["tensors"] if not tensor["shared"]]


def _learns(name: str, epoch: int, part: dict[str, Any], tensor: dict[str, Any]) -> bool:
    if name == NOW:
        return tensor["learns"]
    if name == "unfreezing":
        return part["opens"] <= epoch
    if name == "adapters":
        return part["role"] == "head" or tensor["norm"] or tensor["adapter"]
    if name in (
        "frozen",
        "biases",
    ):  # without a head of its own, it is the shared table that gives the words out
        return part["role"] in ("head", "table") or (name == "biases" and tensor["bias"])
    return True


def _percent(count: int, total: int) -> str:
    """100 % only where it is all, 0 % only where it is none."""
    share = 100 * count / max(1, total)
    if count in (0, total):
        return f"{share:.0f} %"
    if share < 1:
        return f"{share:.{1 - math.floor(math.log10(share))}f} %"
    return f"{min(share, 99.9):.1f} %"
