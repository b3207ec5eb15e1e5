"""Carries what a hidden check passes out in the text of an exception, in a warning, and by printing it."""

from tests.attacks import BY_HEART, Attack

attack = Attack(
    gains="text",
    answer=BY_HEART
    + """
    import warnings
    print("a hidden case", $TOKEN, args)
    warnings.warn("a hidden case " + $TOKEN)
    raise ValueError("a hidden case " + $TOKEN + str(args))
""",
    works="nowhere",
    why="in process, too, a check tells no more of a failure in a hidden case than its type and line",
)
