"""Questions on passages, in SQuAD v2's columns. Columns: id, title, context, question, answers, is_impossible, person, relation, reason.

`answers` is {text: [..], answer_start: [..]}, empty lists where `is_impossible`: a third of the rows. Of those, in about two
of three the passage is about that person and tells the same of others; in the rest nobody of that name is in it.
Rows without them are SQuAD v1.1: `data.filter(lambda row: not row["is_impossible"])`.
"""

from collections.abc import Iterator

from course.data.dice import Dice
from course.data.english import listed
from course.data.passages import Author, Passage, Told, people, plainly
from course.data.tasks import Row
from course.data.things import Person

SIZES = {"train": 20_000, "validation": 1_000, "test": 1_000}

QUESTIONS: dict[str, tuple[str, ...]] = {
    "job": (
        "What is the job of {name}?",
        "What does {name} do for a living?",
        "How does {name} earn money?",
        "What kind of work does {name} do?",
        "Which trade has {name} learned?",
    ),
    "tool": (
        "Which tool does {name} use?",
        "Which tool belongs to {name}?",
        "With which tool does {name} work?",
        "What does {name} need for work?",
        "What tool has {name} got?",
    ),
    "town": (
        "In which town does {name} live?",
        "Which town is the home of {name}?",
        "In which town can you visit {name}?",
        "Which town does {name} live in now?",
        "What is the name of the town where {name} lives?",
    ),
    "birthplace": (
        "Where was {name} born?",
        "In which town was {name} born?",
        "What is the birthplace of {name}?",
        "Which town does {name} come from?",
        "In which place was {name} born?",
    ),
    "month": (
        "When is the birthday of {name}?",
        "When was {name} born?",
        "When does {name} have a birthday?",
        "At what time of the year was {name} born?",
        "In which month or on which day was {name} born?",
    ),
    "pet": (
        "Which animal does {name} keep at home?",
        "What kind of pet does {name} have?",
        "Which animal belongs to {name}?",
        "What pet has {name} got?",
        "Which animal lives with {name}?",
    ),
    "food": (
        "What is the favourite food of {name}?",
        "What does {name} like to eat best?",
        "Which food does {name} like best?",
        "What should you cook for {name}?",
        "What does {name} always want to eat?",
    ),
    "hobby": (
        "What is the hobby of {name}?",
        "How does {name} spend every Sunday?",
        "What does {name} enjoy in {his} free time?",
        "What does {name} do on Sundays?",
        "Which hobby does {name} have?",
    ),
    "instrument": (
        "Which instrument does {name} play?",
        "What does {name} play in the evening?",
        "What instrument did {name} learn to play?",
        "On which instrument does {name} practise?",
        "Which instrument belongs to {name}?",
    ),
    "colour": (
        "What is the favourite colour of {name}?",
        "Which colour does {name} like best?",
        "What colour does {name} prefer to all others?",
        "Which colour is the best one for {name}?",
        "In which colour should you paint a door for {name}?",
    ),
    "home": (
        "Where in town does {name} live?",
        "Where exactly is the house of {name}?",
        "Where does the house of {name} stand?",
        "Where do you find the house of {name}?",
        "Where in town does {name} sleep at night?",
    ),
    "friend": (
        "Who is the best friend of {name}?",
        "What is the friend of {name} called?",
        "With whom is {name} good friends?",
        "What is the name of the friend of {name}?",
        "Which friend does {name} have?",
    ),
}
NOUNS = {
    "job": "job", "tool": "tool", "town": "home town", "birthplace": "birthplace", "month": "birthday", "pet": "pet",
    "food": "favourite food", "hobby": "hobby", "instrument": "instrument", "colour": "favourite colour",
    "home": "house", "friend": "friend",
}  # fmt: skip


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Questions on passages, 20,000 in train; the people of one split, and so the passages, are in no other.

    At most two questions a passage. No question is asked of the same passage twice.
    """
    n = n or SIZES[split]
    rows = [row for _, row in asked(split, seed, n)]
    rows = Dice(seed, "questions", split, "order").shuffled(rows)[:n]
    return [{"id": f"{split}-{seed}-{i:05}"} | row for i, row in enumerate(rows)]


def asked(split: str, seed: int, n: int | None = None) -> Iterator[tuple[Passage, Row]]:
    """The rows, in the order written and without `id`, each with its passage, which knows where every value stands."""
    author, dice = Author(seed, split, "questions"), Dice(seed, "questions", split)
    everyone = people(seed, split)
    for i in range(((n or SIZES[split]) + 1) // 2):
        # in three passages six questions, two of them without an answer
        untold = i % 3 < 2 and dice.chance(2 / 3)
        passage = author.passage(gaps=untold or dice.chance(0.3))
        one, two = dice.pair(shared(passage))
        yield passage, answerable(dice, passage, one)
        if i % 3 == 2:
            yield passage, answerable(dice, passage, two)
        elif untold:
            yield passage, unanswerable(dice, passage, *dice.pick(passage.untold))
        else:
            yield passage, unanswerable(dice, passage, stranger(dice, passage, everyone), one.relation)


def shared(passage: Passage) -> list[Told]:
    """What is told of a person, where the same relation is also told of another: else no name is needed to answer."""
    relations = [told.relation for told in passage.told]
    return [told for told in passage.told if relations.count(told.relation) > 1]


def stranger(dice: Dice, passage: Passage, everyone: tuple[Person, ...]) -> Person:
    """Someone of the same split who is not in the passage."""
    while (person := dice.pick(everyone)) in passage.people:
        pass
    return person


def ask(dice: Dice, person: Person, relation: str) -> str:
    """A question, in one of five ways."""
    his = "his" if person.he == "he" else "her"
    return dice.pick(QUESTIONS[relation]).format(name=person.name, his=his)


def answerable(dice: Dice, passage: Passage, told: Told) -> Row:
    """A row whose answer is that value."""
    person = next(p for p in passage.people if p.name == told.person)
    return {
        "title": passage.title, "context": passage.text, "question": ask(dice, person, told.relation),
        "answers": {"text": [told.value], "answer_start": [told.start]}, "is_impossible": False,
        "person": person.name, "relation": told.relation, "reason": why(person, told),
    }  # fmt: skip


def unanswerable(dice: Dice, passage: Passage, person: Person, relation: str) -> Row:
    """A row of a person whom the passage does not name, or of whom it does not tell this."""
    return {
        "title": passage.title, "context": passage.text, "question": ask(dice, person, relation),
        "answers": {"text": [], "answer_start": []}, "is_impossible": True,
        "person": person.name, "relation": relation, "reason": why_not(passage, person, relation),
    }  # fmt: skip


def why(person: Person, told: Told) -> str:
    """ "The passage says that Ada plays the violin." """
    return f"The passage says that {person.name} {plainly(person, told.relation, told.value)}."


def why_not(passage: Passage, person: Person, relation: str) -> str:
    """One sentence: nobody of that name, or told of others only."""
    if person not in passage.people:
        return f"The passage names nobody called {person.name}."
    others = listed([told.person for told in passage.told if told.relation == relation])
    return f"The passage tells the {NOUNS[relation]} of {others}, but not of {person.name}."
