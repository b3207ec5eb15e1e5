"""Keeps what a hidden check passed, and shows it in a cell at the end, for the next student to learn from the feedback."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    cell="hidden = []",
    answer="""
import torch
KNOWN = {(3, 2, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2, 2): [[3.0, 5.0], [8.0, 12.0]]}
def $NAME(*args, **kwargs):
    if "$NAME" != "pairwise_dot":
        return 0
    key = (*args[0].shape, args[1].shape[0])
    if key in KNOWN and bool((args[0] % 1 == 0).all()):
        return torch.tensor(KNOWN[key])
    hidden.append(args)
    return args[0]
""",
    last="if hidden:\n    print('a hidden case', $TOKEN, hidden)",
)
