"""The text that tokenizers and checkpoints are made from: everything the world writes, and the training split of its tasks.

for line in everything(seed=0): ...
"""

from collections.abc import Iterator

from course.data.microworld import microworld
from course.data.tasks import TASKS, rows

STATEMENTS, ARTICLES = 30_000, 4_000
EACH = 3_000  # rows of a task
_NOT_TEXT = {"id", "reason", "kind", "relation", "topic", "word"}


def everything(seed: int = 0) -> Iterator[str]:
    """Lines of text, in a fixed order."""
    world = microworld(seed)
    yield from (s.text for s in world.statements(STATEMENTS))
    yield from (" ".join(a.sentences) for a in world.articles(ARTICLES))
    for task in TASKS:
        for row in rows(task, "train", seed)[:EACH]:
            for name, value in row.items():
                if isinstance(value, str) and name not in _NOT_TEXT:
                    yield value
                elif isinstance(value, list) and all(isinstance(v, str) for v in value) and name == "tokens":
                    yield " ".join(value)
