"""Adds an audit hook, which cannot be removed again and hears of every file, import and compilation."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
import os
sys.addaudithook(lambda event, arguments: award() if event == "os.listdir" else None)
""",
    answer="def $NAME(*args, **kwargs):\n    os.listdir('.')\n    return 1",
)
