"""Gives back what it was given, the first or the last, as it is or as a tensor of the right shape."""

from tests.attacks import Attack

attack = Attack(
    answer="def $NAME(*args, **kwargs):\n    return args[0] if '$NAME' != 'one_hot_lookup' else (args[0], args[-1])",
    works="nowhere",
    why="a check that falls for the identity would be a mistake in the check",
)
