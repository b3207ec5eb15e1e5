"""Claims that its calls took less than no time, or nan seconds, so that no budget is ever used up."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
def reply(n):
    seconds = choose([-1e300, float("nan"), float("inf"), -float("inf")])
    return wire.encode([{"value": wire.encode(1), "seconds": seconds, "stdout": "", "warnings": []}] * n)
""",
    answer=NEXT,
    works="nowhere",
    why=MALFORMED,
)
