"""Takes a right answer from the tests of this project."""

from tests.attacks import Attack

attack = Attack(
    answer="""
import sys
sys.path.append("$ROOT")
from tests.answers import variants
$NAME = next(v.make() for v in variants("$LAB", "$NAME").values() if v.fragment is None)
""",
)
