"""The regimes of `TrainableView`: what learns in each of them, with which rate, and where the backward pass ends.

    column(parts, "frozen", rate=1e-3)["epochs"][0]["states"]    # ["none", "none", …, "all"]

`parts` are the plain ones that the view shares with its picture: see `TrainableView.parts`.
"""

import math
from typing import Any

NOW = "now"
# what a way to train is called, what it starts from, and a usual learning rate for a BERT of 110 million parameters
REGIMES = {
    "scratch": ("from scratch", "random start", 1e-4),
    "frozen": ("frozen + linear", "pretrained", 1e-3),
    "biases": ("head + biases", "pretrained", 5e-4),
    "unfreezing": ("unfreezing", "pretrained", 2e-5),
    "layerwise": ("layerwise rates", "pretrained", 5e-5),
    "fine-tuned": ("fine-tuned", "pretrained", 2e-5),
}
_KEPT = 2  # numbers that AdamW keeps for each that learns: the means of its gradients and of their squares
_FEATURES = (
    "It starts pretrained and the head alone learns. The backward pass ends there and never goes into the encoder; with dropout off "
    "the encoder gives the same features in every epoch, so they can be computed once."
)

Parts = list[dict[str, Any]]


def column(parts: Parts, name: str, rate: float | None = None) -> dict[str, Any]:
    """A column of the picture: its title, what it starts from, its rate, and its epochs, one but for "unfreezing"."""
    title, start, _ = REGIMES.get(name, (NOW, "requires_grad, mode", None))
    epochs = range(1, epochs_of(parts) + 1) if name == "unfreezing" else (1,)
    return {"title": title, "start": start, "rate": rate, "epochs": [_epoch(parts, name, e) for e in epochs]}


def epochs_of(parts: Parts) -> int:
    """After how many epochs of unfreezing everything learns."""
    return max((part["level"] for part in parts), default=0) + 1


def rate_text(rate: float) -> str:
    """2e-5, 1.6e-5: two digits. The nudge rounds a half up, as the picture does."""
    digits, power = f"{rate * (1 + 1e-9):.1e}".split("e")
    return f"{digits.removesuffix('.0')}e{int(power)}" if rate else "0"


def _epoch(parts: Parts, name: str, epoch: int) -> dict[str, Any]:
    """For each part its state: "all" of it learns, "some" does, the gradient "passes" through to what learns below, or "none" comes.

    count, share: how many of all parameters learn. kept: how many numbers AdamW keeps for them. reach: the place of the lowest part
    that learns, where the backward pass ends; -1: none does.
    """
    learn = [[_learns(name, epoch, part, tensor) for tensor in own_of(part)] for part in parts]
    reach = next((i for i, own in enumerate(learn) if any(own)), -1)
    states = [
        "all" if all(own) else "some" if any(own) else "passes" if -1 < reach < i else "none"
        for i, own in enumerate(learn)
    ]
    learning = [
        tensor
        for part, own in zip(parts, learn, strict=True)
        for tensor, one in zip(own_of(part), own, strict=True)
        if one
    ]
    count = sum(tensor["count"] for tensor in learning)
    # an optimizer keeps nothing for a tensor that it was not given
    left = [tensor for tensor in learning if name == NOW and tensor["given"] is False]
    return {
        "states": states, "count": count, "share": _percent(count, sum(part["count"] for part in parts)), "reach": reach,
        "kept": _KEPT * (count - sum(tensor["count"] for tensor in left)), "said": _said(parts, name, epoch, states, reach, len(left)),
    }  # fmt: skip


def own_of(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The tensors that are counted in this part and in no other."""
    return [tensor for tensor in part["tensors"] if not tensor["shared"]]


def _learns(name: str, epoch: int, part: dict[str, Any], tensor: dict[str, Any]) -> bool:
    if name == NOW:
        return tensor["learns"]
    if name == "unfreezing":
        return part["level"] < epoch
    if name in ("frozen", "biases"):
        return part["role"] == "head" or (name == "biases" and tensor["bias"])
    return True


def _percent(count: int, total: int) -> str:
    """100 % only where it is all, 0 % only where it is none."""
    share = 100 * count / max(1, total)
    if count in (0, total):
        return f"{share:.0f} %"
    if share < 1:
        return f"{share:.{1 - math.floor(math.log10(share))}f} %"
    return f"{min(share, 99.9):.1f} %"


# In words ---------------------------------------------------------------------------------------------------------


def _said(parts: Parts, name: str, epoch: int, states: list[str], reach: int, left: int) -> str:
    """One to three sentences on a column."""
    if name == NOW:
        return _said_of_now(parts, states, reach, left)
    if reach < 0:
        return 'This model has no head, so nothing learns: load it with head="classification", or tell the view which part is its head.'
    last = parts[reach]["name"]
    if name == "scratch":
        return "It starts at random and all of it learns, from the labels alone."
    if name == "frozen":
        return _FEATURES
    if name == "biases":
        if parts[reach]["role"] == "head":
            return "It starts pretrained. Below the head there is no bias, so the head alone learns."
        return (
            "It starts pretrained; the head and the biases learn. That is little to keep for the optimizer, but the way back is long "
            f"all the same: the backward pass ends at {last}."
        )
    if name == "unfreezing":
        return (
            "It starts pretrained; each epoch one level more learns, from the top. "
            f"In epoch {epoch} of {epochs_of(parts)} the backward pass ends at {last}."
        )
    if name == "layerwise":
        return (
            "It starts pretrained and all of it learns, what is near the input with smaller steps: it is the most general, and should "
            "move least."
        )
    return (
        "It starts pretrained and all of it learns, with one rate. What sets it apart from “from scratch” is the start, and with it the "
        "small steps."
    )


def _said_of_now(parts: Parts, states: list[str], reach: int, left: int) -> str:
    learning = [state in ("all", "some") for state in states]
    heads = [one for part, one in zip(parts, learning, strict=True) if part["role"] == "head"]
    below = [(part, one) for part, one in zip(parts, learning, strict=True) if part["role"] != "head"]
    noisy = sum(part["mode"] == "dropout on" for part, _ in below)
    said = []
    if reach < 0:
        said.append("Nothing learns: no tensor has requires_grad=True, and an optimizer has nothing to move.")
    else:
        some = f", {states.count('some')} of them in part" if "some" in states else ""
        ends = f"The backward pass ends at {parts[reach]['name']}."
        said.append(f"{sum(learning)} of {len(parts)} parts learn{some}. {ends}")
        if heads and not any(heads):
            said.append("The head does not learn: it stays as it was made.")
    if below and noisy and not any(one for _, one in below):
        where = "1 part" if noisy == 1 else f"{noisy} parts"
        said.append(
            f"Below the head all is frozen, but dropout is on in {where}: the same text gives other features at each call. "
            "eval() turns it off, and train() on the whole model turns it on again."
        )
    if left:
        said.append(
            f"The optimizer was not given {left} of the tensors that learn: {'it stays' if left == 1 else 'they stay'} as made."
        )
    return " ".join(said)
