"""Do two texts tell the same? Columns: text_a, text_b, label (1 yes, 0 no), kind, reason.

Each text tells two things, of people who are in no other split, and the second tells them in other ways and in any order.
`kind` says what differs where the label is 0; half of the rows of each kind tell the same all the same:

people    two people and one relation: who has which value              facts     two people and two relations: who has which
places    one person: where born and where at home                      events    who did it to whom
changed   one value, or one of two people, is another (a tenth of the rows)

So the two texts use the same names and values nearly always, and words alone do not tell the label.
"""

from typing import NamedTuple

from course.data import lexicon
from course.data.dice import Dice
from course.data.english import capitalised, with_article
from course.data.microworld import microworld
from course.data.passages import PREDICATES, SENTENCES, fill, people, plainly
from course.data.tasks import Row
from course.data.things import Person

SIZES = {"train": 8_000, "validation": 800, "test": 800}
KINDS = (
    "people",
    "people",
    "people",
    "facts",
    "facts",
    "places",
    "places",
    "events",
    "events",
    "changed",
)  # in tenths
RELATIONS = ("job", "tool", "town", "birthplace", "month", "pet", "food", "hobby", "instrument", "colour")

# things that someone does to someone; the first way is the plain one
EVENTS: dict[str, tuple[str, ...]] = {
    "instrument": (
        "{a} taught {b} to play the {value}",
        "{b} learned to play the {value} from {a}",
        "{b} was taught to play the {value} by {a}",
        "{a} gave {b} lessons on the {value}",
        "{b} had lessons on the {value} from {a}",
        "it was {a} who taught {b} to play the {value}",
    ),
    "hat": (
        "{a} gave {b} {a_value} hat",
        "{b} got {a_value} hat from {a}",
        "{b} was given {a_value} hat by {a}",
        "{a} brought {b} {a_value} hat as a present",
        "the present that {b} got from {a} was {a_value} hat",
        "the present that {a} gave {b} was {a_value} hat",
    ),
    "dinner": (
        "{a} cooked {value} for {b}",
        "{b} had {value} for dinner, cooked by {a}",
        "{a} invited {b} to dinner and served {value}",
        "{b} was invited by {a} to dinner, and there was {value}",
        "for dinner with {b}, {a} cooked {value}",
        "{b} ate the {value} that {a} had cooked",
    ),
    "letter": (
        "{a} wrote {b} a long letter from {value}",
        "{b} got a long letter from {a}, who was in {value}",
        "{a} sent {b} a long letter from {value}",
        "from {value}, {a} wrote a long letter to {b}",
        "{b} read the long letter that {a} had written in {value}",
        "a long letter reached {b} from {a}, who was in {value}",
    ),
    "loan": (
        "{a} lent {b} {a_value}",
        "{b} borrowed {a_value} from {a}",
        "{b} needed {a_value}, and {a} lent one",
        "{a} had {a_value} and lent it to {b}",
        "{a} let {b} use {a_value} for a week",
        "the {value} that {b} used belonged to {a}",
    ),
    "sale": (
        "{a} sold {b} {a_value}",
        "{b} bought {a_value} from {a}",
        "{b} paid {a} for {a_value}",
        "{a} got money from {b} for {a_value}",
        "{b} now has {a_value}, bought from {a}",
        "the {value} that {b} bought had belonged to {a}",
    ),
}  # fmt: skip
_JOINTS = (", while ", ", and ", ", but ", ". ")


class Said(NamedTuple):
    """One thing told: of a person (or of two, `other`, to whom it is done) a relation and its value."""

    who: Person
    relation: str
    value: str
    other: Person | None = None

    @property
    def plain(self) -> str:
        """In plain words, without a full stop."""
        if self.other:
            return event(self, EVENTS[self.relation][0])
        return f"{self.who.name} {plainly(self.who, self.relation, self.value)}"


def _small(sentence: str) -> str:
    """A sentence of a person as a clause: without its capital and its full stop."""
    return sentence[0].lower() + sentence[1:].rstrip(".")


# relation -> ways to tell it as a clause: those with the name first, then all
AFTER_NAME = {relation: tuple(f"{{name}} {way}" for way in PREDICATES[relation]) for relation in RELATIONS}
WAYS = {relation: AFTER_NAME[relation] + tuple(map(_small, SENTENCES[relation])) for relation in RELATIONS}


def event(said: Said, way: str) -> str:
    """A way of `EVENTS` filled."""
    value = said.value
    return way.format(a=said.who.name, b=said.other.name, value=value, a_value=with_article(value))


def tell(dice: Dice, said: Said, avoid: str = "") -> tuple[str, str]:
    """A clause that tells it, and which way it took: not the way `avoid`."""
    if said.other:
        way = dice.pick([w for w in EVENTS[said.relation] if w != avoid])
        return event(said, way), way
    way = dice.pick([w for w in WAYS[said.relation] if w != avoid])
    return fill(way, said.who, said.value)[0], way


def join(dice: Dice, one: str, two: str) -> str:
    """Two clauses as one sentence or two."""
    joint = dice.pick(_JOINTS)
    return f"{capitalised(one)}{joint}{capitalised(two) if joint == '. ' else two}."


def values(seed: int) -> dict[str, tuple[str, ...]]:
    """All values that a relation of a person, or an event, can have in that world."""
    world = microworld(seed)
    towns = tuple(town.name for town in world.towns)
    pets, tools = (
        [a.name for a in world.animals if a.pet],
        [tool for job in world.jobs for tool in job.tools],
    )
    foods = tuple(food.name for food in world.foods)
    return {
        "job": tuple(job.name for job in world.jobs), "tool": tuple(tools), "town": towns, "birthplace": towns,
        "month": lexicon.MONTHS, "pet": tuple(pets), "food": foods, "hobby": lexicon.HOBBIES,
        "instrument": lexicon.INSTRUMENTS, "colour": lexicon.COLOURS, "hat": lexicon.COLOURS,
        "dinner": tuple(food.name for food in world.foods if not food.plural), "letter": towns, "loan": tuple(tools),
        "sale": tuple(pets),
    }  # fmt: skip


class _Pairs:
    """For each kind, what the first text tells and what a second that tells something else does.

    The first tells facts of people, or events that no fact speaks against.
    """

    def __init__(self, seed: int, split: str, dice: Dice):
        self.dice, self.people, self.values = dice, people(seed, split), values(seed)
        self.events = tuple(EVENTS)

    def _two(self, relation: str = "") -> tuple[Person, Person]:
        """Two people, with two values of that relation."""
        while True:
            one, two = self.dice.pair(self.people)
            if not relation or getattr(one, relation) != getattr(two, relation):
                return one, two

    def of_people(self) -> tuple[list[Said], list[Said]]:
        relation = self.dice.pick(RELATIONS)
        one, two = self._two(relation)
        v, w = getattr(one, relation), getattr(two, relation)
        return [Said(one, relation, v), Said(two, relation, w)], [
            Said(one, relation, w),
            Said(two, relation, v),
        ]

    def of_facts(self) -> tuple[list[Said], list[Said]]:
        r, s = self.dice.pair(RELATIONS)
        while {r, s} == {"town", "birthplace"}:
            r, s = self.dice.pair(RELATIONS)
        one, two = self._two()
        v, w = getattr(one, r), getattr(two, s)
        return [Said(one, r, v), Said(two, s, w)], [Said(two, r, v), Said(one, s, w)]

    def of_places(self) -> tuple[list[Said], list[Said]]:
        one = self.dice.pick(self.people)
        v, w = one.town, one.birthplace
        return [Said(one, "town", v), Said(one, "birthplace", w)], [
            Said(one, "town", w),
            Said(one, "birthplace", v),
        ]

    def of_events(self) -> tuple[list[Said], list[Said]]:
        a, b = self._two()
        relation = self.dice.pick(self.events)
        value = self.dice.pick(self.values[relation])
        return [Said(a, relation, value, b)], [Said(b, relation, value, a)]

    def of_changed(self) -> tuple[list[Said], list[Said]]:
        first, _ = self.of_facts() if self.dice.chance(0.5) else self.of_people()
        i = self.dice.below(2)
        old, kept = first[i], first[1 - i]
        if self.dice.chance(0.5):
            new = old._replace(who=self.dice.pick([p for p in self.people if p not in (old.who, kept.who)]))
        else:
            taken = (old.value, kept.value)
            new = old._replace(value=self.dice.pick([v for v in self.values[old.relation] if v not in taken]))
        return first, [new, kept] if i == 0 else [kept, new]


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Half of each kind has label 1; the people of one split are in no other, and no pair comes twice."""
    dice = Dice(seed, "paraphrase", split)
    pairs = _Pairs(seed, split, dice)
    rows: dict[tuple[str, str], Row] = {}
    i = 0
    while len(rows) < (n or SIZES[split]):
        label, kind = i % 2, KINDS[i // 2 % len(KINDS)]
        first, other = getattr(pairs, f"of_{kind}")()
        row = _row(dice, first, first if label else other, label, kind)
        key = tuple(sorted((row["text_a"], row["text_b"])))
        if key not in rows:
            rows[key] = row
            i += 1
    return dice.shuffled(list(rows.values()))


def _row(dice: Dice, first: list[Said], second: list[Said], label: int, kind: str) -> Row:
    ways = [tell(dice, said) for said in first]
    again = [tell(dice, said, way)[0] for said, (_, way) in zip(second, ways, strict=True)]
    texts = [_text(dice, [clause for clause, _ in ways], first), _text(dice, again, second)]
    if label:
        reason = f"Both tell that {_plainly(first)}."
    else:
        # what is told in both is left out of the reason
        reason = f"One tells that {_plainly([s for s in first if s not in second])}, "
        reason += f"the other that {_plainly([s for s in second if s not in first])}."
    if dice.chance(0.5):
        texts.reverse()
    return {"text_a": texts[0], "text_b": texts[1], "label": label, "kind": kind, "reason": reason}


def _text(dice: Dice, clauses: list[str], told: list[Said]) -> str:
    """The clauses in any order; of one person, the second clause says "she"."""
    if len(clauses) == 1:
        return f"{capitalised(clauses[0])}."
    order = dice.shuffled((0, 1))
    one, two = (clauses[i] for i in order)
    if told[0].who is told[1].who:
        two = pronoun(two, told[0].who)
    return join(dice, one, two)


def pronoun(clause: str, person: Person) -> str:
    """The clause with "she" or "he", "her" or "his" for the name: "the birthplace of Ada" stays as it is."""
    return (
        f"{person.he}{clause.removeprefix(person.name)}" if clause.startswith(f"{person.name} ") else clause
    )


def _plainly(told: list[Said]) -> str:
    return " and that ".join(said.plain for said in told)
