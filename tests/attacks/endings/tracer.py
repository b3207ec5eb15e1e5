"""Sets a profile function that sees every call in the process, the check's own too."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
def watch(frame, event, argument):
    sys.setprofile(None)
    award()
    sys.setprofile(watch)
""",
    answer="def $NAME(*args, **kwargs):\n    sys.setprofile(watch)\n    return 1",
)
