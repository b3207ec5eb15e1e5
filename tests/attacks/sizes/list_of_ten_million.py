"""Answers with lists that hold themselves, or one list ten million times."""

from tests.attacks import Attack

attack = Attack(
    gains="trouble",
    answer="""
inner = [0] * 1000
outer = [inner] * 10000
own = []
own.append(own)
def $NAME(*args, **kwargs):
    return outer if len("$NAME") % 2 else own
""",
    limits={"cell": 20.0, "submission": 60.0},
    works="nowhere",
    why="in process, too, values are counted and their depth is bounded",
)
