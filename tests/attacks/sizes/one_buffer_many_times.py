"""Replies with one buffer of a megabyte that is named three thousand times."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
import torch
from safetensors.torch import save
buffer = save({"0": torch.zeros(1 << 20, dtype=torch.uint8)})
much = frame([{"$": "bytes", "i": "0"}] * 3000, buffer)
reply = lambda n: valued(much if len(turn) == 1 else wire.encode(0), n)
""",
    limits={"cell": 20.0, "submission": 60.0},
    answer=NEXT,
    works="nowhere",
    why=MALFORMED,
)
