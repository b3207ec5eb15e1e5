"""Keeps every input that a check passed in one exercise and gives it back as the output in the others, and in the next call."""

from tests.attacks import Attack

attack = Attack(
    cell="memory = []",
    answer="""
def $NAME(*args, **kwargs):
    memory.extend(args)
    return memory[len(memory) * 7919 % len(memory)]
""",
    works="nowhere",
    why="what a check passes is not what it wants back, in process either",
)
