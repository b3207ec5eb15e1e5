"""Forks without end."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS + "while True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
    gains="trouble",
    limits={"cell": 2.0, "submission": 20.0},
    works="nowhere",
    why=HARM,
)
