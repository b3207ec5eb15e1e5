"""Tasks made from the micro-world, as rows whose label is known to be true and says why.

A task is a function (split, seed) -> rows, entered in `TASKS`; `course.load_task` turns the rows into a Dataset.
"""

from collections.abc import Callable
from typing import Any

from course.data import reviews
from course.data.dice import Dice
from course.data.english import with_article
from course.data.microworld import microworld
from course.data.things import Person

SPLITS = ("train", "validation", "test")
Row = dict[str, Any]

SENTIMENT_SIZES = {"train": 4000, "validation": 600, "test": 600}

# people of the encyclopaedia by split, in parts of 8; each part has one person of every job
_PEOPLE = {"train": (0, 6), "validation": (6, 7), "test": (7, 8)}

# relation -> (question, how the reason is told)
_QUESTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "job": (("What is the job of {name}?", "What does {name} do for a living?"), "{name} is {a_value}"),
    "tool": (
        ("Which tool does {name} always use?", "What tool has {name} used for years?"),
        "{name} uses {a_value}",
    ),
    "town": (("In which town does {name} live?", "Where does {name} live?"), "{name} lives in {value}"),
    "birthplace": (
        ("Where was {name} born?", "In which town was {name} born?"),
        "{name} was born in {value}",
    ),
    "month": (
        ("In which month was {name} born?", "When is the birthday of {name}?"),
        "{name} was born in {value}",
    ),
    "pet": (
        ("Which animal does {name} keep at home?", "What kind of pet does {name} have?"),
        "{name} keeps {a_value}",
    ),
    "food": (
        ("What is the favourite food of {name}?", "What does {name} like to eat best?"),
        "{name} likes {value} best",
    ),
    "hobby": (
        ("What is the hobby of {name}?", "How does {name} spend every Sunday?"),
        "{name} enjoys {value}",
    ),
    "instrument": (
        ("Which instrument does {name} play?", "What does {name} play in the evening?"),
        "{name} plays the {value}",
    ),
    "colour": (
        ("What is the favourite colour of {name}?", "Which colour does {name} like best?"),
        "{name} likes {value} best",
    ),
}


def sentiment(split: str, seed: int) -> list[Row]:
    """Single-clause reviews of foods, places and shows; as many of praise (1) as of blame (0); no text twice.

    The words that decide are held out: no word of praise or blame of one split is in another.
    """
    microworld(seed)  # the same complaint about a bad seed as the world's
    vocabulary = reviews.words(seed, split)
    dice = Dice(seed, "sentiment", split)
    rows: dict[str, Row] = {}
    for i in range(SENTIMENT_SIZES[split]):
        label = i % 2
        review = reviews.review(dice, label, vocabulary[label])
        while review.text in rows:
            review = reviews.review(dice, label, vocabulary[label])
        rows[review.text] = {
            "text": review.text, "label": label, "topic": review.topic, "word": review.word, "reason": review.reason,
        }  # fmt: skip
    return dice.shuffled(list(rows.values()))


def closed_book(split: str, seed: int) -> list[Row]:
    """Questions about people of the encyclopaedia; the facts are in the world's sentences and articles.

    Two questions a fact; the people of one split are in no other. An answer is written as the text writes it.
    """
    world = microworld(seed)
    low, high = (part * len(world.jobs) for part in _PEOPLE[split])
    rows = [
        row
        for person in world.people[low:high]
        for relation, (questions, reason) in _QUESTIONS.items()
        for row in _closed_book(person, relation, questions, reason)
    ]
    return Dice(seed, "closed_book", split).shuffled(rows)


def _closed_book(person: Person, relation: str, questions: tuple[str, ...], reason: str) -> list[Row]:
    value = getattr(person, relation)
    why = reason.format(name=person.name, value=value, a_value=with_article(value)) + "."
    return [
        {
            "question": question.format(name=person.name), "answer": value, "person": person.name,
            "relation": relation, "reason": why,
        }
        for question in questions
    ]  # fmt: skip


TASKS: dict[str, Callable[[str, int], list[Row]]] = {"sentiment": sentiment, "closed_book": closed_book}
