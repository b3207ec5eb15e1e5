"""Keeps what a hidden check passed, and shows it in a cell at the end, for the next student to learn from the feedback."""

from tests.attacks import BY_HEART, Attack

attack = Attack(
    gains="text",
    cell="hidden = []",
    answer=BY_HEART
    + """
    hidden.append(args)
    return args[0]
""",
    last="if hidden:\n    print('a hidden case', $TOKEN, hidden)",
)
