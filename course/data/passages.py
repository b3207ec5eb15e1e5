"""Passages about two to four people, each with the place of every value in its text: for questions, answerability, summaries.

    author = Author(seed=0, split="train", purpose="mine")
    passage = author.passage()               # or author.passage(gaps=True): each person lacks one of the things told of others
    passage.text[told.start :][: len(told.value)] == told.value     # for told in passage.told

Who only sees the relation that is asked for, or only the name, cannot answer: a relation is told of several people with
values that differ, and several things are told of each person. People come from `people(seed, split)`: those of the
encyclopaedia with the world's facts, and *newcomers*, whose names (`world.unused_names`) are in no other text. Some values
are told more closely than in the encyclopaedia ("hungry goose", "the third of May"), always in the same way for one person.
Two relations are told here only: home (where in town the house stands) and friend (a full name out of the stories).
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from course.data import lexicon, names
from course.data.dice import Dice
from course.data.english import capitalised, listed, with_article
from course.data.microworld import World, microworld
from course.data.things import Person

PARTS = {
    "train": (0, 6),
    "validation": (6, 7),
    "test": (7, 8),
}  # in parts of 8, of the encyclopaedia and of the newcomers
WORDS = range(35, 63)  # how long a passage may be

# relation -> what is said of a person. {value} is the answer; {a} its article, {on} "in" or "on", {his} his or her.
# Only what entails the answer: who often wears a red scarf need not like red best.
PREDICATES: dict[str, tuple[str, ...]] = {
    "job": (
        "works as {a} {value}",
        "is {a} {value} by trade",
        "has been {a} {value} for twenty years",
        "became {a} {value} straight after school",
        "earns {his} living as {a} {value}",
        "is {a} {value} with many customers",
    ),
    "tool": (
        "always works with {a} {value}",
        "cannot work without {his} {value}",
        "would not lend {his} {value} to a stranger",
        "has used {a} {value} for years",
        "keeps {his} {value} clean",
        "takes {a} {value} to work every morning",
    ),
    "town": (
        "lives in {value}",
        "moved to {value} long ago",
        "would never leave {value} again",
        "is at home in {value}",
        "has found a home in {value}",
    ),
    "birthplace": (
        "was born in {value}",
        "comes from {value}",
        "first saw the light of day in {value}",
        "remembers {value} as {his} birthplace",
    ),
    "month": (
        "was born {on} {value}",
        "has a birthday {on} {value}",
        "always has a birthday party {on} {value}",
        "invites the neighbours to a birthday party {on} {value}",
        "gets a birthday present {on} {value}",
    ),
    "pet": (
        "keeps {a} {value} at home",
        "feeds {his} {value} before breakfast",
        "got {a} {value} as a present",
        "is very fond of {his} {value}",
        "looks after {his} {value} every day",
        "has {a} {value}",
    ),
    "food": (
        "likes {value} best of all food",
        "likes no food better than {value}",
        "would rather eat {value} than any other food",
        "has {value} as {his} favourite food",
        "wants nothing but {value} to eat",
    ),
    "hobby": (
        "spends every Sunday {value}",
        "enjoys {value} in {his} free time",
        "likes {value} more than any other hobby",
        "never gets tired of {value}",
        "spends all {his} free time {value}",
    ),
    "instrument": (
        "plays the {value} in the evening",
        "learned to play the {value} as a child",
        "practises the {value} every day",
        "can play the {value} very well",
        "plays the {value} at every feast",
    ),
    "colour": (
        "likes {value} more than any other colour",
        "likes no colour better than {value}",
        "has {value} as {his} favourite colour",
        "knows no better colour than {value}",
        "prefers {value} to all other colours",
    ),
    "home": (
        "has a house {value}",
        "lives in a house {value}",
        "has a small house {value}",
        "moved to a house {value}",
        "built a house {value}",
    ),
    "friend": (
        "has a good friend called {value}",
        "met {his} best friend {value} at school",
        "wrote a long letter to {his} friend {value}",
        "invites {his} friend {value} to dinner",
        "often asks {his} friend {value} for help",
    ),
}
# the same told without the person as the subject
SENTENCES: dict[str, tuple[str, ...]] = {
    "job": ("Everyone knows {name} as a good {value}.", "If you need {a} {value}, you can ask {name}."),
    "tool": ("The {value} of {name} still works well.", "Nobody else may use the {value} of {name}."),
    "town": ("The home of {name} is in {value}.", "You have to take the train to {value} to visit {name}."),
    "birthplace": ("The birthplace of {name} is {value}.", "{value} is the town where {name} was born."),
    "month": ("The birthday of {name} is {on} {value}.", "The neighbours visit {name} for a birthday party {on} {value}."),
    "pet": ("The {value} of {name} is well known in the neighbourhood.", "At home, {a} {value} waits for {name}."),
    "food": ("The favourite food of {name} is {value}.", "For {name}, no food is better than {value}."),
    "hobby": ("The great hobby of {name} is {value}.", "On Sundays you will find {name} {value}."),
    "instrument": ("The neighbours can hear {name} practise the {value}.", "You can hear the {value} of {name} every evening."),
    "colour": ("The favourite colour of {name} is {value}.", "Of all colours, {name} likes {value} best."),
    "home": ("The house of {name} stands {value}.", "You will find the house of {name} {value}."),
    "friend": ("The best friend of {name} is {value}.", "Nobody knows {name} better than {his} friend {value}."),
}  # fmt: skip
# the plain way, for reasons and summaries
PLAIN = {
    "job": "is {a} {value}", "tool": "works with {a} {value}", "town": "lives in {value}", "birthplace": "was born in {value}",
    "month": "has a birthday {on} {value}", "pet": "keeps {a} {value}", "food": "likes to eat {value} best",
    "hobby": "enjoys {value}", "instrument": "plays the {value}", "colour": "likes the colour {value} best",
    "home": "has a house {value}", "friend": "has a friend called {value}",
}  # fmt: skip
RELATIONS = tuple(PREDICATES)

HOMES = (
    "next to the church", "near the old bridge", "in front of the school", "near the harbour", "beside the canal",
    "at the end of a quiet street", "in an old garden", "on the way to the lake", "at the corner of the square",
    "near the post office", "not far from the station", "near the bank and the museum",
)  # fmt: skip
_TOOL = ("old", "heavy", "small", "very old", "good", "very heavy", "old but good")
_PET = ("old", "young", "hungry", "cheerful", "friendly", "very old", "very hungry", "small but brave")
_WITH = {"sweet": ("honey", "cream", "cold cream"), "savoury": ("salt", "a little salt", "meat", "fish")}
_SHADES = ("dark", "light")
_NO_SHADE = ("white", "black")
_DAYS = ("first", "second", "third", "fifth", "tenth", "first day", "last day")

# Each hints at the other, so where things are left untold only one of two is in a passage.
_TWINS = {"job": "tool", "town": "home", "hobby": "instrument"}
_TWINS |= {two: one for one, two in _TWINS.items()}

# how many people, how many relations; with gaps each person lacks one of the relations
_FULL = ((2, 3),) + ((3, 2),) * 7 + ((3, 3),) + ((4, 2),) * 4
_GAPS = ((3, 3), (4, 3), (4, 3))


class Told(NamedTuple):
    """One value as the passage writes it: `text[start : start + len(value)]`; `sentence` counts from 0."""

    person: str
    relation: str
    value: str
    start: int
    sentence: int


@dataclass(frozen=True)
class Passage:
    """The text, whom it is about, and all that it tells of them, in the order of the text.

    `relations` are those told of anyone; `untold` the (person, relation) of these that it does not tell.
    """

    text: str
    sentences: tuple[str, ...]
    people: tuple[Person, ...]
    relations: tuple[str, ...]
    told: tuple[Told, ...]

    @property
    def title(self) -> str:
        return listed([person.name for person in self.people])

    @property
    def untold(self) -> tuple[tuple[Person, str], ...]:
        known = {(told.person, told.relation) for told in self.told}
        return tuple((p, r) for p in self.people for r in self.relations if (p.name, r) not in known)


# --- people ----------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=16)
def people(seed: int, split: str) -> tuple[Person, ...]:
    """The people of one split (156, 26 and 27 of them); nobody is in two splits. Newcomers come after the encyclopaedia's."""
    world = microworld(seed)
    known, new = (_part(each, split) for each in (world.people, world.unused_names))
    return (*known, *(_newcomer(world, name) for name in new))


def _part(items: tuple, split: str) -> tuple:
    low, high = (len(items) * part // 8 for part in PARTS[split])
    return items[low:high]


def _newcomer(world: World, name: str) -> Person:
    dice = Dice(world.seed, "newcomer", name)
    home, birth = dice.pair(world.towns)
    national = next(c.national for c in world.countries if c.name == birth.country)
    job = dice.pick(world.jobs)
    return Person(
        name, dice.pick(names.SURNAMES), "she" if name in names.SHE else "he", job.name, dice.pick(job.tools), home.name,
        home.country, birth.name, national, dice.pick(lexicon.MONTHS), dice.pick([a for a in world.animals if a.pet]).name,
        dice.pick(world.foods).name, dice.pick(lexicon.HOBBIES), dice.pick(lexicon.INSTRUMENTS), dice.pick(lexicon.COLOURS),
    )  # fmt: skip


def _values(world: World, person: Person, *cast: str) -> tuple[dict[str, str], dict[str, str]]:
    """Relation -> value, as the encyclopaedia has it and told more closely where there is a way to; the same in every passage of a cast."""
    dice = Dice(world.seed, "closer", person.name, *cast)
    # of the other sex, so that "he" and "she" in the next sentence stay clear
    friends = [name for name in world.story_names if (name in names.SHE) is (person.he == "he")]
    taste = next(food.taste for food in world.foods if food.name == person.food)
    own = {"home": dice.pick(HOMES), "friend": f"{dice.pick(friends)} {dice.pick(names.SURNAMES)}"}
    plain = {r: own[r] if r in own else getattr(person, r) for r in RELATIONS}
    closer = {
        "tool": f"{dice.pick(_TOOL)} {person.tool}",
        "month": f"the {dice.pick(_DAYS)} of {person.month}",
        "pet": f"{dice.pick(_PET)} {person.pet}",
        "food": f"{person.food} with {dice.pick(_WITH[taste])}",
    }
    if person.colour not in _NO_SHADE:
        closer["colour"] = f"{dice.pick(_SHADES)} {person.colour}"
    return plain, plain | closer


# --- writing ---------------------------------------------------------------------------------------------------------
@cache
def _cut(template: str, he: str) -> tuple[str, str, str]:
    """What stands before the value, after it, and which word depends on the value: "{a}", "{on}" or ""."""
    before, after = template.replace("{his}", "his" if he == "he" else "her").split("{value}")
    return before, after, next((slot for slot in ("{a}", "{on}") if slot in before), "")


def fill(template: str, person: Person, value: str) -> tuple[str, int]:
    """The template about that person, and where the value begins in it."""
    before, after, slot = _cut(template, person.he)
    if slot == "{a}":
        before = before.replace(slot, with_article(value).partition(" ")[0])
    elif slot:
        before = before.replace(slot, "on" if value.startswith("the ") else "in")
    if "{" in before:
        before = before.replace("{name}", person.name)
    if "{" in after:
        after = after.replace("{name}", person.name)
    return f"{before}{value}{after}", len(before)


def plainly(person: Person, relation: str, value: str) -> str:
    """ "plays the violin": one way for each relation."""
    return fill(PLAIN[relation], person, value)[0]


Piece = tuple[str, list[tuple[str, str, str, int]]]  # a sentence, and (person, relation, value, where) in it


class Author:
    """Writes passages about the people of one split. The same seed, split and purpose give the same passages.

    cast: the people to write about instead, at least four; they may be any that live in this seed's world, and have homes and friends of their own.
    """

    def __init__(self, seed: int, split: str, purpose: str, cast: tuple[Person, ...] | None = None):
        self.dice = Dice(seed, "passages", split, purpose)
        self.cast = cast or people(seed, split)
        world = microworld(seed)
        self.values = {
            person.name: _values(world, person, *([purpose] if cast else [])) for person in self.cast
        }  # plain, told more closely

    def passage(self, gaps: bool = False) -> Passage:
        """One passage of 35 to 62 words."""
        while True:
            size, kinds = self.dice.pick(_GAPS if gaps else _FULL)
            relations = self.dice.shuffled(RELATIONS)
            if gaps:
                relations = [r for i, r in enumerate(relations) if _TWINS.get(r) not in relations[:i]]
            relations = relations[:kinds]
            chosen = self.choose(size, relations)
            lacks: list[str | None] = [None] * size
            if gaps:  # everyone lacks one, not all the same one
                lacks = self.dice.shuffled([relations[i % kinds] for i in range(size)])
            facts = [(p, [r for r in relations if r != lack]) for p, lack in zip(chosen, lacks, strict=True)]
            passage = self.write(facts, relations)
            if len(passage.text.split()) in WORDS:
                return passage

    def choose(self, size: int, relations: list[str]) -> list[Person]:
        """That many people, no two of whom share a value of these relations (nor one's town another's birthplace)."""
        while True:
            chosen: dict[str, Person] = {}
            while len(chosen) < size:
                person = self.dice.pick(self.cast)
                chosen[person.name] = person
            values = [self.values[name][0][r] for name in chosen for r in relations]
            if len(set(values)) == len(values):
                return list(chosen.values())

    def write(self, facts: list[tuple[Person, list[str]]], relations: list[str]) -> Passage:
        """A passage that tells these facts: person by person, relation by relation, or in any order."""
        order = (self._by_person, self._by_relation, self._shuffled)[self.dice.below(3)]
        return self.join(order(facts, relations), facts, relations)

    @staticmethod
    def join(pieces: list[Piece], facts: list[tuple[Person, list[str]]], relations: list[str]) -> Passage:
        """A passage of these sentences."""
        told, at = [], 0
        for number, (text, places) in enumerate(pieces):
            told += [Told(name, relation, value, at + i, number) for name, relation, value, i in places]
            at += len(text) + 1
        texts = tuple(text for text, _ in pieces)
        return Passage(" ".join(texts), texts, tuple(p for p, _ in facts), tuple(relations), tuple(told))

    def clause(self, person: Person, relation: str, subject: str) -> Piece:
        """ "Ada plays the violin", without a full stop."""
        value = self.values[person.name][self.dice.chance(0.6)][relation]
        text, at = fill(self.dice.pick(PREDICATES[relation]), person, value)
        return f"{subject} {text}", [(person.name, relation, value, len(subject) + 1 + at)]

    def single(self, person: Person, relation: str, subject: str) -> Piece:
        """A sentence that tells one thing."""
        if subject != person.name or self.dice.chance(0.7):
            text, places = self.clause(person, relation, subject)
            return f"{text}.", places
        value = self.values[person.name][self.dice.chance(0.6)][relation]
        text, at = fill(self.dice.pick(SENTENCES[relation]), person, value)
        return capitalised(text), [(person.name, relation, value, at)]

    def both(self, one: Piece, between: str, two: Piece, skip: int = 0) -> Piece:
        """Two clauses in one sentence; `skip` characters of the second, its subject, are left out."""
        shift = len(one[0]) + len(between) - skip
        places = one[1] + [(name, relation, value, at + shift) for name, relation, value, at in two[1]]
        return f"{one[0]}{between}{two[0][skip:]}.", places

    def about(self, person: Person, relations: list[str], pronouns: float) -> list[Piece]:
        """All that is told of one person, some of it two things to a sentence; after the first, `pronouns` of them with he or she."""
        out: list[Piece] = []
        left = self.dice.shuffled(relations)
        while left:
            subject = person.name
            if out and self.dice.chance(pronouns):
                subject = capitalised(person.he)
            elif not out and self.dice.chance(0.25):
                subject = person.full_name
            relation = left.pop()
            if left and self.dice.chance(0.6):
                one, two = self.clause(person, relation, subject), self.clause(person, left[-1], subject)
                skip = len(subject) + 1
                verbs = {piece[0][skip:].split()[0] for piece in (one, two)}
                if len(verbs) == 2 and " and " not in one[0]:  # not "was born ... and was born"
                    left.pop()
                    out.append(self.both(one, " and ", two, skip))
                    continue
            out.append(self.single(person, relation, subject))
        return out

    def _by_person(self, facts: list[tuple[Person, list[str]]], relations: list[str]) -> list[Piece]:
        return [piece for person, mine in facts for piece in self.about(person, mine, pronouns=0.6)]

    def _by_relation(self, facts: list[tuple[Person, list[str]]], relations: list[str]) -> list[Piece]:
        out: list[Piece] = []
        for relation in relations:
            left = self.dice.shuffled([person for person, mine in facts if relation in mine])
            while left:
                person = left.pop()
                if left and self.dice.chance(0.35):
                    other = left.pop()
                    between = self.dice.pick((", while ", ", and ", ", but "))
                    one = self.clause(person, relation, person.name)
                    out.append(self.both(one, between, self.clause(other, relation, other.name)))
                else:
                    out.append(self.single(person, relation, person.name))
        return out

    def _shuffled(self, facts: list[tuple[Person, list[str]]], relations: list[str]) -> list[Piece]:
        return self.dice.shuffled([piece for person, mine in facts for piece in self.about(person, mine, 0)])
