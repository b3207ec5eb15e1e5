"""Prints without end: to its streams, to the file descriptors below them, as pictures, as errors."""

from tests.attacks import BEHIND_WALLS, HARM, Attack

attack = Attack(
    cell=BEHIND_WALLS
    + """
import sys
from IPython.display import display
for turn in range(3000):
    print("x" * 100000)
    os.write(1, b"x" * 1000)
    os.write(2, b"x" * 1000)
    sys.stderr.write("x" * 10000)
    display({"image/png": "A" * 100000, "text/plain": "x" * 1000}, raw=True)
raise ValueError("x" * 10**8)
""",
    answer="def $NAME(*args, **kwargs):\n    for _ in range(1000):\n        print('x' * 100000)\n    raise ValueError('x' * 10**7)",
    gains="trouble",
    limits={"cell": 10.0, "submission": 40.0},
    works="nowhere",
    why=HARM,
)
