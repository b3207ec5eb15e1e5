"""Counts its calls, and answers the visible ones, whose order is known, from a list; hidden ones get the last of it again."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import torch
calls = []
LIST = {"pairwise_dot": [[[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], [[3.0, 5.0], [8.0, 12.0]]],
        "masked_mean": [[[3.0, 5.0], [2.0, 0.0]]] * 3}.get("$NAME", [[[0.0]]])
LIST_$NAME, calls_$NAME = LIST, []
def $NAME(*args, **kwargs):
    calls_$NAME.append(args)
    return torch.tensor(LIST_$NAME[min(len(calls_$NAME), len(LIST_$NAME)) - 1])
""",
    works="visible",
)
