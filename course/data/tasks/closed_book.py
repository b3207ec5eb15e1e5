"""Questions about people of the encyclopaedia, without a passage. Columns: question, answer, person, relation, reason."""

from course.data.dice import Dice
from course.data.english import with_article
from course.data.microworld import microworld
from course.data.tasks import Row
from course.data.things import Person

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


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Questions about people of the encyclopaedia; the facts are in the world's sentences and articles.

    Two questions a fact, and n of them or all there are; the people of one split are in no other. An answer is written as the text writes it.
    """
    world = microworld(seed)
    low, high = (part * len(world.jobs) for part in _PEOPLE[split])
    rows = [
        row
        for person in world.people[low:high]
        for relation, (questions, reason) in _QUESTIONS.items()
        for row in _rows(person, relation, questions, reason)
    ]
    return Dice(seed, "closed_book", split).shuffled(rows)[:n]


def _rows(person: Person, relation: str, questions: tuple[str, ...], reason: str) -> list[Row]:
    value = getattr(person, relation)
    why = reason.format(name=person.name, value=value, a_value=with_article(value)) + "."
    return [
        {
            "question": question.format(name=person.name), "answer": value, "person": person.name,
            "relation": relation, "reason": why,
        }
        for question in questions
    ]  # fmt: skip
