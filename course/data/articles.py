"""Short documents about one thing each: a person, a town, a country, an animal or a job. Used through `World.articles`.

A document opens by saying what it is about and goes on with "he", "she" or "it"; no fact is told twice in it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course.data import grammar, lexicon
from course.data.dice import Dice
from course.data.english import capitalised, listed
from course.data.things import Fact

if TYPE_CHECKING:
    from course.data.text import Writer

MIX = {"person": 60, "town": 16, "country": 6, "animal": 12, "job": 6}  # parts of 100

LEADS = (
    "{full} is {a_national} {job} who lives in {town}.",
    "{full} was born in {birthplace} and works as {a_job} in {town}.",
    "{full} from {birthplace} is a well-known {job} in {town}.",
)
AT_WORK = (
    "As {a_job}, {he} {deeds} {when}.",
    "At work, {he} {deeds} and then {deeds2}.",
    "Most of the day, {he} {deeds}, but {he} also {deeds2}.",
)
TOWN = (
    "It lies on the river {river}.",
    "Visitors come here to see {sight}.",
    "Its market sells {market} every Saturday.",
    "A train leaves for {neighbour} every hour.",
)
TOWN_ENDS = (
    "The streets are quiet at night.",
    "It often rains here in autumn.",
    "The people here go to bed early.",
)
COUNTRY = (
    "The parliament meets in {capital}, the capital.",
    "The river {river} crosses the country from north to south.",
    "The country sells {product} all over the world.",
    "At every feast, the {nationals} eat {dish}.",
    "The {national} flag is {flag}.",
)
ANIMAL = ("It sleeps in the {den}.", "When it is hungry, it looks for {diet}.")
JOB = (
    "Most of the day, {a_name} {deeds}.",
    "Now and then {a_name} also {deeds2}.",
    "Every {name} needs {a_tool}.",
)


@dataclass(frozen=True)
class Article:
    """A short document about one thing. `facts` are all that its sentences tell, in the order told."""

    title: str
    sentences: tuple[str, ...]
    facts: tuple[Fact, ...]
    kind: str

    @property
    def text(self) -> str:
        """The sentences joined by spaces."""
        return " ".join(self.sentences)


class _Draft:
    """Sentences and facts as they come."""

    def __init__(self, writer: "Writer", slots: dict[str, str]):
        self.writer, self.slots = writer, slots
        self.sentences: list[str] = []
        self.facts: dict[Fact, None] = {}

    def add(self, template: str, **more: str) -> None:
        slots = self.slots | more
        self.sentences.append(capitalised(template.format_map(slots)))
        self.facts |= dict.fromkeys(self.writer.told(template, slots))

    def done(self, kind: str, title: str) -> Article:
        return Article(title, tuple(self.sentences), tuple(self.facts), kind)


class Editor:
    """Writes articles about a writer's world. Each kind goes round its subjects in random order before one comes again."""

    def __init__(self, writer: "Writer", seed: int):
        self.writer, self.world = writer, writer.world
        self.dice = Dice(self.world.seed, "articles", seed)
        self.kinds = [kind for kind, parts in MIX.items() for _ in range(parts)]
        self.waiting: dict[str, list[int]] = {kind: [] for kind in MIX}
        self.sizes = {
            "person": len(self.world.people), "town": len(self.world.towns), "country": len(self.world.countries),
            "animal": len(self.world.animals), "job": len(self.world.jobs),
        }  # fmt: skip

    def article(self) -> Article:
        kind = self.dice.pick(self.kinds)
        if not self.waiting[kind]:
            self.waiting[kind] = self.dice.shuffled(range(self.sizes[kind]))
        return getattr(self, f"_{kind}")(self.waiting[kind].pop())

    def _person(self, i: int) -> Article:
        dice, person = self.dice, self.world.people[i]
        draft = _Draft(self.writer, self.writer.people[i] | {"full": person.full_name})
        draft.add(dice.pick(LEADS))
        draft.add(dice.pick(AT_WORK), **self.writer.deed_slots(dice, person.job))
        # what is left to tell: sentences none of whose facts has been told yet
        told = {fact.relation for fact in draft.facts} | {"deed", "job", "town", "national"}
        sentences = len(draft.sentences) + 3 + dice.below(4)
        for relation in dice.shuffled(tuple(grammar.PERSON)):
            fresh = [t for t in grammar.PERSON[relation] if not told & set(grammar.relations(t))]
            if fresh and len(draft.sentences) < sentences:
                template = dice.pick(fresh)
                draft.add(template, who=person.name if len(draft.sentences) % 3 == 0 else person.he)
                told |= set(grammar.relations(template)) & set(vars(person))
        return draft.done("person", person.full_name)

    def _town(self, i: int) -> Article:
        dice, town = self.dice, self.world.towns[i]
        draft = _Draft(self.writer, self.writer.towns[i])
        draft.add(grammar.TOWN["country"][dice.below(2)])
        for template in dice.take(TOWN, 2 + dice.below(3)):
            draft.add(template)
        known = [person for person in self.world.people if person.town == town.name]
        if known:
            person = dice.pick(known)
            slots = self.writer.people[self.world.people.index(person)]
            draft.sentences.append(f"{person.full_name}, {slots['a_job']}, lives here.")
            draft.facts |= dict.fromkeys(
                [Fact(person.name, "job", person.job), Fact(person.name, "town", town.name)]
            )
        draft.sentences.append(dice.pick(TOWN_ENDS))
        return draft.done("town", town.name)

    def _country(self, i: int) -> Article:
        country = self.world.countries[i]
        draft = _Draft(self.writer, self.writer.countries[i])
        draft.add("{name} is a country whose people are called {nationals}.")
        for template in self.dice.take(COUNTRY, 3 + self.dice.below(3)):
            draft.add(template)
        draft.sentences.append(f"The largest towns are {listed(self.dice.shuffled(country.towns))}.")
        draft.facts |= dict.fromkeys(Fact(town, "country", country.name) for town in country.towns)
        return draft.done("country", country.name)

    def _animal(self, i: int) -> Article:
        dice, animal = self.dice, self.world.animals[i]
        draft = _Draft(self.writer, self.writer.animals[i][0])
        feed = dice.pick(lexicon.FEEDING[animal.diet])
        draft.add(
            "The {name} is an animal that likes {diet}."
            if dice.chance(0.5)
            else "Most {plural} live on {diet}."
        )
        draft.add(f"The {{name}} {feed.present} for hours.")
        draft.add(ANIMAL[0])
        if animal.sound:
            draft.add(
                "It often {sounds} in the evening."
                if dice.chance(0.5)
                else "You can hear it {sound} from far away."
            )
        if animal.young:
            draft.add("A young {name} is called {a_young}.")
            if animal.tends:
                draft.add("The mother takes good care of her {young}.")
        owners = [person for person in self.world.people if person.pet == animal.name]
        if owners:
            owner = dice.pick(owners)
            draft.sentences.append(f"{owner.full_name} from {owner.birthplace} keeps one at home.")
            draft.facts |= dict.fromkeys(
                [Fact(owner.name, "pet", animal.name), Fact(owner.name, "birthplace", owner.birthplace)]
            )
        return draft.done("animal", f"The {animal.name}")

    def _job(self, i: int) -> Article:
        dice, job = self.dice, self.world.jobs[i]
        slots = self.writer.job_slots[i][0] | self.writer.deed_slots(dice, job.name)
        tool, other = dice.pair(job.tools)
        draft = _Draft(self.writer, slots | self.writer.tool_slots(tool))
        for template in JOB:
            draft.add(template)
        draft.add("The {tool} is just as useful.", tool=other)
        draft.sentences.append("It takes years to learn all this.")
        known = dice.take([person for person in self.world.people if person.job == job.name], 3)
        draft.sentences.append(
            f"Some well-known {job.name}s are {listed([person.full_name for person in known])}."
        )
        draft.facts |= dict.fromkeys(Fact(person.name, "job", job.name) for person in known)
        return draft.done("job", f"The {job.name}")
