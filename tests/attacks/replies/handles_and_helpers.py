"""Sends markers that only the grader may send: helpers to be built, objects under numbers that do not exist."""

from tests.attacks import NEXT, REPLY, Attack

attack = Attack(
    cell=REPLY
    + """
def reply(n):
    odd = [{"$": "helper", "name": "classifier", "v": {"$": "dict", "v": []}}, {"$": "object", "id": 10**9, "type": "x" * 10**6, "module": 1},
           {"$": "object", "id": -1, "type": "Module", "module": True}, {"$": "helper", "name": "__init__", "v": 3}]
    return valued(frame(choose(odd)), n)
""",
    gains="trouble",
    answer=NEXT,
    works="nowhere",
    why="in process, too, it is refused as a malformed value",
)
