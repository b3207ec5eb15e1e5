"""Replaces `max`, through which points go on their way to nbgrader."""

from tests.attacks import Attack

attack = Attack(
    cell="import builtins\nlargest = builtins.max\nbuiltins.max = lambda *a, **k: 198 if a and a[-1] == 0 else largest(*a, **k)"
)
