"""The text that tokenizers and checkpoints are made from: everything the world writes, and the training split of its tasks.

for line in everything(seed=0): ...
"""

from collections.abc import Iterator

from autograder.recipes.examples import lines
from course.data.dice import Dice
from course.data.microworld import microworld
from course.data.reviews import verdict
from course.data.tasks import TASKS, rows

STATEMENTS, ARTICLES, REVIEWS = 30_000, 4_000, 12_000
EACH = 3_000  # rows of a task
_NOT_TEXT = {"id", "reason", "kind", "relation", "topic", "word"}
_ESPERANTO = "esperanto"  # the column
OFTEN = 3  # times all of it, so that about one word in ten is Esperanto, as T5's vocabulary was made from ten parts English to one German

# What says which task a text-to-text model is asked to do, as in T5's paper (Raffel et al. 2020, appendix D), and its fixed answers.
PREFIXES = (
    "translate English to Esperanto: ", "cola sentence: ", "sst2 sentence: ", "stsb sentence1: sentence2: ", "mrpc sentence1: sentence2: ",
    "qqp question1: question2: ", "qnli question: sentence: ", "mnli premise: hypothesis: ", "ner: ", "wsc: ", "summarize: ",
    "question: context: ", "acceptable", "unacceptable", "positive", "negative", "equivalent", "not_equivalent", "duplicate",
    "not_duplicate", "entailment", "not_entailment", "neutral", "contradiction", "unanswerable", "person", "place",
)  # fmt: skip


def everything(seed: int = 0, text_to_text: bool = True) -> Iterator[str]:
    """Lines of text, in a fixed order; without the Esperanto and the prefixes for a model that reads English and fills places."""
    yield from lines(seed, STATEMENTS)
    yield from (" ".join(a.sentences) for a in microworld(seed).articles(ARTICLES))
    dice = Dice(seed, "text of reviews")  # those of `sentiment` praise and blame with half of the words only
    yield from (verdict(dice) for _ in range(REVIEWS))
    for task in TASKS:
        for row in rows(task, "train", seed)[:EACH]:
            for name, value in row.items():
                if name in _NOT_TEXT or name == _ESPERANTO:
                    continue
                if isinstance(value, str):
                    yield value
    if text_to_text:
        yield from PREFIXES * 300
        yield from [row[_ESPERANTO] for row in rows("translation", "train", seed)] * OFTEN
