"""Carries what a hidden check passes out in the text of an exception, in a warning, and by printing it."""

from tests.attacks import Attack

attack = Attack(
    gains="text",
    answer="""
import torch, warnings
KNOWN = {(3, 2, 2): [[3.0, 5.0], [8.0, 12.0], [7.0, 11.0]], (2, 2, 2): [[3.0, 5.0], [8.0, 12.0]]}
def $NAME(*args, **kwargs):
    if "$NAME" != "pairwise_dot":
        return 0
    key = (*args[0].shape, args[1].shape[0])
    if key in KNOWN and bool((args[0] % 1 == 0).all()):
        return torch.tensor(KNOWN[key])
    print("a hidden case", $TOKEN, args)
    warnings.warn("a hidden case " + $TOKEN)
    raise ValueError("a hidden case " + $TOKEN + str(args))
""",
    works="nowhere",
    why="in process, too, a check tells no more of a failure in a hidden case than its type and line",
)
