"""Do two texts tell the same? Columns: text_a, text_b, label (1 yes, 0 no), kind, reason.

Each text tells one thing or two, of people who are in no other split, and the second tells them in other ways and in any order.
`kind` says what differs where the label is 0; half of the rows of each kind tell the same all the same:

deed     what one did to the other: lent, sold or gave it            someone  one of two people is another
place    born there or at home there                                  roles    who did it to whom
people   two people and one relation: who has which value             facts    two people and two relations: who has which

So the two texts have the same names and values nearly always (in `someone`, all but one name), and words alone do not tell the label.
The first two kinds are the most frequent, because they are learned first, and what they teach, that names have to agree and
that ways to say a thing mean the same, is what the last three need: without `someone`, nothing of those is found.
"""

from typing import NamedTuple

from course.data import lexicon
from course.data.dice import Dice
from course.data.english import capitalised, with_article
from course.data.microworld import microworld
from course.data.passages import PREDICATES, SENTENCES, fill, people, plainly
from course.data.tasks import Row
from course.data.things import Person

SIZES = {"train": 24_000, "validation": 800, "test": 800}
KINDS = (
    "deed",
    "someone",
    "deed",
    "place",
    "someone",
    "roles",
    "deed",
    "people",
    "someone",
    "facts",
)  # in tenths
RELATIONS = ("job", "tool", "town", "birthplace", "month", "pet", "food", "hobby", "instrument", "colour")

# what someone does to someone; the first way is the plain one. What is of one family can be said of the same people and the same thing.
FAMILIES = (("lesson", "concert"), ("dinner", "recipe"), ("letter", "visit"), ("loan", "sale", "gift"))
EVENTS: dict[str, tuple[str, ...]] = {
    "lesson": (
        "{a} taught {b} to play the {value}",
        "{b} learned to play the {value} from {a}",
        "{b} was taught to play the {value} by {a}",
        "{a} gave {b} lessons on the {value}",
        "{b} had lessons on the {value} from {a}",
        "it was {a} who taught {b} to play the {value}",
    ),
    "concert": (
        "{a} played the {value} for {b}",
        "{b} listened while {a} played the {value}",
        "{b} heard {a} play the {value}",
        "{b} heard the {value}, and it was {a} who played",
        "{a} let {b} hear some music on the {value}",
        "for {b}, {a} played a song on the {value}",
    ),
    "dinner": (
        "{a} cooked {value} for {b}",
        "{b} had {value} for dinner, cooked by {a}",
        "{a} invited {b} to dinner and served {value}",
        "{b} was invited by {a} to dinner, and there was {value}",
        "for dinner with {b}, {a} cooked {value}",
        "{b} ate the {value} that {a} had cooked",
    ),
    "recipe": (
        "{a} told {b} how to cook {value}",
        "{b} learned from {a} how to cook {value}",
        "{b} got the recipe for {value} from {a}",
        "{a} showed {b} the recipe for {value}",
        "the recipe that {a} gave {b} was for {value}",
        "{a} wrote down for {b} how to cook {value}",
    ),
    "letter": (
        "{a} wrote {b} a long letter from {value}",
        "{b} got a long letter from {a}, who was in {value}",
        "{a} sent {b} a long letter from {value}",
        "from {value}, {a} wrote a long letter to {b}",
        "{b} read the long letter that {a} had written in {value}",
        "a long letter reached {b} from {a}, who was in {value}",
    ),
    "visit": (
        "{a} visited {b} in {value}",
        "{b} was visited in {value} by {a}",
        "{a} came to {value} to see {b}",
        "{b} had {a} as a guest in {value}",
        "in {value}, {a} was a guest of {b}",
        "{a} stayed with {b} in {value}",
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
    "gift": (
        "{a} gave {b} {a_value} as a present",
        "{b} got {a_value} from {a} as a present",
        "the present that {b} got from {a} was {a_value}",
        "{b} was given {a_value} by {a} as a present",
        "{a} had {a_value} wrapped as a present for {b}",
        "{a} brought {b} a present, and it was {a_value}",
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
    pets, tools = [a.name for a in world.animals if a.pet], [tool for job in world.jobs for tool in job.tools]
    foods = tuple(food.name for food in world.foods)
    dishes = tuple(food.name for food in world.foods if not food.plural)
    return {
        "job": tuple(job.name for job in world.jobs), "tool": tuple(tools), "town": towns, "birthplace": towns,
        "month": lexicon.MONTHS, "pet": tuple(pets), "food": foods, "hobby": lexicon.HOBBIES,
        "instrument": lexicon.INSTRUMENTS, "colour": lexicon.COLOURS, "lesson": lexicon.INSTRUMENTS,
        "concert": lexicon.INSTRUMENTS, "dinner": dishes, "recipe": dishes, "letter": towns, "visit": towns,
        "loan": tuple(tools), "sale": tuple(tools), "gift": tuple(tools),
    }  # fmt: skip


class _Pairs:
    """For each kind, what the first text tells and what a second that tells something else does.

    The first tells facts of people, or events that no fact speaks against.
    """

    def __init__(self, seed: int, split: str, dice: Dice):
        self.dice, self.people, self.values = dice, people(seed, split), values(seed)

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

    def of_place(self) -> tuple[list[Said], list[Said]]:
        one, (true, other) = self.dice.pick(self.people), self.dice.pair(("town", "birthplace"))
        value = getattr(one, true)
        return [Said(one, true, value)], [Said(one, other, value)]

    def of_roles(self) -> tuple[list[Said], list[Said]]:
        a, b = self._two()
        deed = self.dice.pick(tuple(EVENTS))
        value = self.dice.pick(self.values[deed])
        return [Said(a, deed, value, b)], [Said(b, deed, value, a)]

    def of_deed(self) -> tuple[list[Said], list[Said]]:
        a, b = self._two()
        deed, other = self.dice.pair(self.dice.pick(FAMILIES))
        value = self.dice.pick(self.values[deed])
        return [Said(a, deed, value, b)], [Said(a, other, value, b)]

    def of_someone(self) -> tuple[list[Said], list[Said]]:
        first, _ = getattr(self, f"of_{self.dice.pick(('people', 'facts', 'roles'))}")()
        i = self.dice.below(len(first))
        there = [person for said in first for person in (said.who, said.other)]
        new = self.dice.pick([person for person in self.people if person not in there])
        changed = first[i]._replace(**{"other" if first[i].other and self.dice.chance(0.5) else "who": new})
        return first, [*first[:i], changed, *first[i + 1 :]]


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Half of each kind has label 1; the people of one split are in no other, and no pair comes twice."""
    dice = Dice(seed, "paraphrase", split)
    pairs = _Pairs(seed, split, dice)
    rows: dict[tuple[str, str], Row] = {}
    i, again = 0, 0  # again: draws since the last new row
    while len(rows) < (n or SIZES[split]):
        label, kind = i % 2, KINDS[i // 2 % len(KINDS)]
        first, other = getattr(pairs, f"of_{kind}")()
        row = _row(dice, first, first if label else other, label, kind)
        key = tuple(sorted((row["text_a"], row["text_b"])))
        if key not in rows:
            rows[key] = row
            i, again = i + 1, 0
        elif (again := again + 1) > 10_000:
            raise ValueError(
                f"paraphrase has no more than about {len(rows):,} different rows for {split}; you asked for {n:,}."
            )
    return dice.shuffled(list(rows.values()))


def _row(dice: Dice, first: list[Said], second: list[Said], label: int, kind: str) -> Row:
    ways = [tell(dice, said) for said in first]
    again = [tell(dice, said, way)[0] for said, (_, way) in zip(second, ways, strict=True)]
    texts = [_text(dice, [clause for clause, _ in ways]), _text(dice, again)]
    if label:
        reason = f"Both tell that {_plainly(first)}."
    else:
        # what is told in both is left out of the reason
        reason = f"One tells that {_plainly([s for s in first if s not in second])}, "
        reason += f"the other that {_plainly([s for s in second if s not in first])}."
    if dice.chance(0.5):
        texts.reverse()
    return {"text_a": texts[0], "text_b": texts[1], "label": label, "kind": kind, "reason": reason}


def _text(dice: Dice, clauses: list[str]) -> str:
    """The clauses in any order."""
    if len(clauses) == 1:
        return f"{capitalised(clauses[0])}."
    return join(dice, *dice.shuffled(clauses))


def pronoun(clause: str, person: Person) -> str:
    """The clause with "she" or "he", "her" or "his" for the name: "the birthplace of Ada" stays as it is."""
    return (
        f"{person.he}{clause.removeprefix(person.name)}" if clause.startswith(f"{person.name} ") else clause
    )


def _plainly(told: list[Said]) -> str:
    return " and that ".join(said.plain for said in told)
