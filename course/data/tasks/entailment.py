"""Does it follow? Columns: premise, hypothesis, label (0 entailment, 1 neutral, 2 contradiction), kind, reason.

The premise tells three or four things of two people, two of their animals or two towns (`kind`), which the hypothesis
takes up in other words: what is told of the one (0), the other's value for it, though nobody and nothing has two (2), or what
is told of the other only (1). So the name and the value of a hypothesis are in its premise whatever the label, and only
who has what decides. What each kind can have one of: a trade, a home town, a birthplace, a birthday, a favourite food and a
favourite colour; an age, a colour, a place to sleep; a month of the feast, a number of bridges, a town hall, a mayor.

Nothing of all this can be known from elsewhere: the people are newcomers of `passages.people`, whose names are in no text
to pretrain on, and the world says nothing about their animals' ages or about bridges. Labels are the hub's of SNLI and MNLI.
"""

from functools import lru_cache
from typing import NamedTuple

from course.data import lexicon
from course.data.dice import Dice
from course.data.english import capitalised
from course.data.microworld import microworld
from course.data.passages import PARTS, fill, people
from course.data.tasks import Row
from course.data.tasks.paraphrase import WAYS, join, pronoun

SIZES = {"train": 9_000, "validation": 900, "test": 900}
KINDS = ("people", "people", "people", "animals", "towns")  # in fifths
RELATIONS = {
    "people": ("job", "town", "birthplace", "month", "food", "colour"),
    "animals": ("age", "coat", "bed"),
    "towns": ("feast", "bridges", "hall", "mayor"),
}
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
VALUES = {
    "age": _NUMBERS, "coat": ("white", "black", "brown", "grey"), "feast": lexicon.MONTHS, "bridges": _NUMBERS,
    "bed": (
        "in the garden", "behind the house", "in an old shed", "under a tree", "beside the front door", "in the attic",
        "near the kitchen", "on top of the hill",
    ),
    "hall": lexicon.COLOURS, "mayor": tuple(job.name for job in lexicon.JOBS),
}  # fmt: skip
# as passages.PREDICATES; the first way is the plain one
TOLD: dict[str, tuple[str, ...]] = {
    "age": (
        "{name} is {value} years old",
        "{name} was born {value} years ago",
        "the age of {name} is {value} years",
        "it is {value} years since {name} was born",
        "{name} has lived for {value} years",
        "{name} came into the world {value} years ago",
    ),
    "coat": (
        "{name} is {value}",
        "{name} is {value} all over",
        "{name} is {value} from head to tail",
        "the colour of {name} is {value}",
        "{value} is the colour of {name}",
        "everyone can see that {name} is {value}",
    ),
    "bed": (
        "{name} sleeps {value}",
        "{name} has its bed {value}",
        "at night you will find {name} {value}",
        "the bed of {name} is {value}",
        "every evening {name} goes to sleep {value}",
        "{name} spends every night {value}",
    ),
    "feast": (
        "{name} has its great feast in {value}",
        "the great feast of {name} is in {value}",
        "visitors come to {name} in {value} for the great feast",
        "in {value} there is a great feast in {name}",
        "{name} is full of guests in {value}, the month of the great feast",
        "the people of {name} wait for {value} because of the great feast",
    ),
    "bridges": (
        "{name} has {value} bridges",
        "there are {value} bridges in {name}",
        "the river in {name} has {value} bridges",
        "you can count {value} bridges in {name}",
        "the number of bridges in {name} is {value}",
        "the people of {name} have built {value} bridges",
    ),
    "hall": (
        "{name} has {a} {value} town hall",
        "the town hall of {name} is {value}",
        "they have painted the town hall of {name} {value}",
        "the walls of the town hall in {name} are {value}",
        "{value} is the colour of the town hall in {name}",
        "in {name} you will see {a} {value} town hall",
    ),
    "mayor": (
        "{name} has {a} {value} as its mayor",
        "the mayor of {name} is {a} {value} by trade",
        "the people of {name} made {a} {value} their mayor",
        "in {name} {a} {value} is the mayor",
        "the mayor of {name} works as {a} {value}",
        "{name} has a mayor who is {a} {value}",
    ),
} | {relation: WAYS[relation] for relation in RELATIONS["people"]}
_PLAIN = {
    "job": "{name} is {a} {value}", "town": "{name} lives in {value}", "birthplace": "{name} was born in {value}",
    "month": "{name} has a birthday in {value}", "food": "{name} likes {value} best",
    "colour": "{name} likes the colour {value} best",
}  # fmt: skip


class Thing(NamedTuple):
    """Someone or something of which facts are told: name, "he", "she" or "it", and relation -> value."""

    name: str
    he: str
    has: dict[str, str]


class Told(NamedTuple):
    """One thing told."""

    thing: Thing
    relation: str
    value: str

    @property
    def plain(self) -> str:
        """In plain words, without a full stop."""
        return fill(_PLAIN.get(self.relation, TOLD[self.relation][0]), self.thing, self.value)[0]


@lru_cache(maxsize=16)
def things(seed: int, split: str) -> dict[str, tuple[Thing, ...]]:
    """What the rows of a split are about, by kind. Nothing is in two splits; the facts of one thing are always the same."""
    world = microworld(seed)
    known = {person.name for person in world.people}
    new = [person for person in people(seed, split) if person.name not in known]
    low, high = (len(world.towns) * part // 8 for part in PARTS[split])
    towns = [town.name for town in world.towns]
    return {
        "people": tuple(Thing(p.name, p.he, {r: getattr(p, r) for r in RELATIONS["people"]}) for p in new),
        "animals": tuple(_drawn(seed, "animals", f"the {p.pet} of {p.name}") for p in new),
        "towns": tuple(
            _drawn(seed, "towns", name) for name in Dice(seed, "entailment").shuffled(towns)[low:high]
        ),
    }


def _drawn(seed: int, kind: str, name: str) -> Thing:
    dice = Dice(seed, "entailment", name)
    return Thing(name, "it", {relation: dice.pick(VALUES[relation]) for relation in RELATIONS[kind]})


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """A third of each label in each kind; people, animals and towns of one split are in no other, and no pair comes twice."""
    dice = Dice(seed, "entailment", split)
    rows: dict[tuple[str, str], Row] = {}
    while (i := len(rows)) < (n or SIZES[split]):
        kind = KINDS[i // 3 % len(KINDS)]
        row = _row(dice, things(seed, split)[kind], kind, label=i % 3)
        rows.setdefault((row["premise"], row["hypothesis"]), row)
    return dice.shuffled(list(rows.values()))


def _row(dice: Dice, those: tuple[Thing, ...], kind: str, label: int) -> Row:
    # of both the first relation is told, of the second thing the second relation; now and then a third
    relations = dice.shuffled(RELATIONS[kind])
    first, second = relations[:2]
    one, two = dice.pair(those)
    while len({one.has[first], two.has[first], two.has[second], one.has[second]}) < 4:
        one, two = dice.pair(those)
    told = [
        Told(thing, relation, thing.has[relation])
        for thing, relation in ((one, first), (two, first), (two, second))
    ]
    if dice.chance(0.25):
        third = dice.pick((one, two))
        told.append(Told(third, relations[2], third.has[relations[2]]))
    premise, ways = _premise(dice, dice.shuffled(told))

    if label == 0:
        # as often the relation told of both as the one told of one
        said = told[2] if dice.chance(0.5) else told[dice.below(2)]
        reason = f"The premise says that {said.plain}."
    elif label == 1:
        said = told[2]._replace(thing=one)
        reason = f"The premise says that {told[2].plain}, but no such thing of {one.name}."
    else:
        true, other = dice.shuffled(told[:2])
        said = true._replace(value=other.value)
        reason = f"The premise says that {true.plain}, and then it cannot be that {said.plain}."
    way = dice.pick([way for way in TOLD[said.relation] if way not in ways])
    hypothesis = f"{capitalised(fill(way, said.thing, said.value)[0])}."
    return {"premise": premise, "hypothesis": hypothesis, "label": label, "kind": kind, "reason": reason}


def _premise(dice: Dice, told: list[Told]) -> tuple[str, list[str]]:
    """Two or three sentences, and the ways they tell things in."""
    clauses, ways = [], []
    for i, (thing, relation, value) in enumerate(told):
        way = dice.pick(TOLD[relation])
        ways.append(way)
        clause = fill(way, thing, value)[0]
        # "it" for whoever the clause before begins with
        goes_on = i and told[i - 1].thing is thing and clauses[-1].startswith((thing.name, f"{thing.he} "))
        if goes_on and dice.chance(0.6):
            clause = pronoun(clause, thing)
        clauses.append(clause)
    texts = [join(dice, *clauses[:2])]
    texts += [join(dice, *clauses[2:])] if len(clauses) == 4 else [f"{capitalised(clauses[2])}."]
    return " ".join(texts), ways
