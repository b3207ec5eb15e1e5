"""Replies with arrays whose shape does not fit, tensors on devices that nobody has, states of generators that are none."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
import torch
from safetensors.torch import save
numbers = save({"0": torch.zeros(4), "1": torch.zeros(5056, dtype=torch.uint8), "2": torch.full((5056,), 255, dtype=torch.uint8)})
odd = [{"$": "ndarray", "i": "0", "device": "cpu", "shape": [10**12]}, {"$": "ndarray", "i": "0", "device": "cpu", "shape": [-1, -1]},
       {"$": "tensor", "i": "0", "device": "cuda:99"}, {"$": "tensor", "i": "7", "device": "cpu"}, {"$": "tensor", "i": [], "device": "cpu"},
       {"$": "generator", "i": "0"}, {"$": "generator", "i": "1"}, {"$": "generator", "i": "2"}, {"$": "tensor", "i": "1", "device": "cpu", "grad": True},
       {"$": "tensor", "i": "0", "device": "meta", "complex": True}, {"$": "size", "v": [10**30]}, {"$": "dtype", "v": "nope"}, {"$": "device", "v": "x" * 1000}]
def reply(n):
    return valued(frame(choose(odd), numbers), n)
""",
    answer=NEXT,
    rounds=4,
    works="nowhere",
    why=MALFORMED,
)
