"""Replies with sets of lists and dicts whose keys are dicts, and with the markers of the format used as methods."""

from tests.attacks import MALFORMED, NEXT, REPLY, Attack

attack = Attack(
    gains="trouble",
    cell=REPLY
    + """
odd = [{"$": "set", "v": [[]]}, {"$": "dict", "v": [[{"$": "dict", "v": []}, 1]]}, {"$": "dict", "v": [[1]]}, {"$": "dict", "v": 5}, {"$": "nothing"}, {"$": []}, {"x": 1}, {"$": "iterator", "v": 3, "more": 1}, {"$": "iterator", "v": [1], "more": 1}]
def reply(n):
    return valued(frame(choose(odd)), n)
""",
    answer=NEXT,
    rounds=3,
    works="nowhere",
    why=MALFORMED,
)
