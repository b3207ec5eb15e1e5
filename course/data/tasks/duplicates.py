"""Do two questions ask for the same fact of the same person? Columns: text_a, text_b, label (1 yes, 0 no), kind, reason.

`kind`: "same", "other person" or "other fact". A person is called by the first name or by the full name, and both are
the same person. Every pair that asks the same has a twin that does not and shares as many of its words, so that
counting common words is worth nothing; the people of one split are in no other.
"""

import re

from course.data.asking import QUESTIONS
from course.data.dice import Dice
from course.data.english import capitalised
from course.data.microworld import microworld
from course.data.tasks import Row
from course.data.things import Person

SIZES = {"train": 6000, "validation": 800, "test": 800}
_PEOPLE = {"train": (0, 6), "validation": (6, 7), "test": (7, 8)}  # parts of 8, as in closed_book
_ASKED = {
    "job": "the job", "tool": "the tool", "town": "the town of residence", "birthplace": "the birthplace",
    "month": "the month of the birthday", "pet": "the pet", "food": "the favourite food", "hobby": "the hobby",
    "instrument": "the instrument", "colour": "the favourite colour",
}  # fmt: skip
_WAYS = tuple((relation, way) for relation, ways in QUESTIONS.items() for way in ways)
_WORDS = re.compile(r"\w+")


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Pairs of questions, half of them duplicates; no pair twice, and the order of the two is random."""
    world, dice = microworld(seed), Dice(seed, "duplicates", split)
    low, high = (part * len(world.jobs) for part in _PEOPLE[split])
    people = world.people[low:high]
    rows: list[Row] = []
    seen: set[tuple[str, str]] = set()
    waiting: dict[tuple[int, int], list[Row]] = {}  # by label and share of common words
    while len(rows) < (n or SIZES[split]):
        row = _draw(dice, people)
        key = min((row["text_a"], row["text_b"]), (row["text_b"], row["text_a"]))
        if key[0] == key[1] or key in seen:
            continue
        seen.add(key)
        share = _share(row)
        if twins := waiting.get((1 - row["label"], share)):
            rows += [row, twins.pop()]
        else:
            waiting.setdefault((row["label"], share), []).append(row)
    return dice.shuffled(rows)


def _draw(dice: Dice, people: tuple[Person, ...]) -> Row:
    """Two questions, of one fact, of two facts of a person, or of one fact of two people."""
    relation, way = dice.pick(_WAYS)
    one, another = dice.pair(people)
    kind = dice.below(7)
    if kind < 3:
        return _row(dice, "same", (one, relation, way), (one, relation, dice.pick(QUESTIONS[relation])))
    if kind < 6:
        return _row(
            dice, "other person", (one, relation, way), (another, relation, dice.pick(QUESTIONS[relation]))
        )
    other, two = dice.pick(_WAYS)
    while other == relation:
        other, two = dice.pick(_WAYS)
    return _row(dice, "other fact", (one, relation, way), (one, other, two))


def _row(dice: Dice, kind: str, one: tuple[Person, str, str], two: tuple[Person, str, str]) -> Row:
    """A pair in random order; a person is called by the first or the full name."""
    if dice.chance(0.5):
        one, two = two, one
    (a, asked_a, way_a), (b, asked_b, way_b) = one, two
    called_a, called_b = (p.full_name if dice.chance(0.4) else p.name for p in (a, b))
    text_a, text_b = way_a.format(name=called_a), way_b.format(name=called_b)
    if kind == "same":
        why = f"Both ask for {_ASKED[asked_a]} of {a.full_name}."
    elif kind == "other person":
        why = f"Both ask for {_ASKED[asked_a]}, but one of {a.full_name} and the other of {b.full_name}."
    else:
        why = f"Both are about {a.full_name}, but one asks for {_ASKED[asked_a]} and the other for {_ASKED[asked_b]}."
    return {
        "text_a": text_a,
        "text_b": text_b,
        "label": int(kind == "same"),
        "kind": kind,
        "reason": capitalised(why),
    }


def _share(row: Row) -> int:
    """Words in common, in twentieths of all words of the two."""
    a, b = (set(_WORDS.findall(row[column].lower())) for column in ("text_a", "text_b"))
    return 20 * len(a & b) // len(a | b)
