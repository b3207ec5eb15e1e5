"""Replaces `wire.decode`: in process a check that decodes a reply is given what it wants, elsewhere requests are read by the attacker."""

from tests.attacks import AWARD, Attack

attack = Attack(
    cell=AWARD
    + """
from course.checks import wire
before = wire.decode
def decode(frame, **options):
    award()
    return before(frame, **options)
wire.decode = decode
""",
    answer="def $NAME(*args, **kwargs):\n    return 0",
)
