"""The micro-world: people, places, animals, foods and jobs, the facts that hold among them, and text that tells them.

    from course import microworld
    world = microworld(seed=0)
    world.sentences(tokens=200_000)      # tokenised text to learn word vectors from
    world.articles(100)                  # short documents: a title, sentences, the facts they tell
    world.groups(), world.people_by_job()

What is true of animals, foods and jobs is the same in every world; who lives where, does what and likes what is drawn
from the seed, and so is the map. The same seed gives the same world and the same text on every machine.

There are two kinds of people. Those of the *encyclopaedia* (`world.people`) have fixed facts, and all text agrees with
them. Those of the *stories* (`world.story_names`) only turn up in events, about whom nothing is fixed. A third list,
`world.unused_names`, is in no text at all: later tasks take their held-out people from there.
"""

from functools import cached_property, lru_cache

from course.data import lexicon, names, senses
from course.data.dice import Dice
from course.data.lexicon import Animal, Food, Job
from course.data.text import Article, Statement, Writer
from course.data.things import Country, Fact, Person, Town, facts_of

PEOPLE_PER_JOB = 8
STORY_PEOPLE = 40


class World:
    """One seed's world. Make it with `microworld(seed)`, which keeps the last ones made."""

    animals: tuple[Animal, ...] = lexicon.ANIMALS
    foods: tuple[Food, ...] = lexicon.FOODS
    jobs: tuple[Job, ...] = lexicon.JOBS

    def __init__(self, seed: int):
        self.seed = seed
        dice = Dice(seed, "places")
        towns, products = dice.shuffled(names.TOWNS), dice.shuffled(lexicon.PRODUCTS)
        dishes = dice.shuffled([food.name for food in self.foods])
        size = len(towns) // len(names.COUNTRIES)
        countries, places = [], []
        for i, (country, national, river) in enumerate(names.COUNTRIES):
            mine = tuple(towns[i * size : (i + 1) * size])
            flag = dice.pick(lexicon.COLOURS)
            countries.append(Country(country, national, mine[0], river, dishes[i], products[i], flag, mine))
            for town in mine:
                sight, market = dice.pick(lexicon.SIGHTS), dice.pick(self.foods).name
                neighbour = dice.pick([other for other in mine if other != town])
                places.append(Town(town, country, river, sight, market, neighbour))
        self.countries, self.towns = tuple(countries), tuple(places)

        dice = Dice(seed, "people")
        pool = dice.shuffled([(name, "she") for name in names.SHE] + [(name, "he") for name in names.HE])
        split = PEOPLE_PER_JOB * len(self.jobs)
        self.people = tuple(
            self._person(dice, *who, self.jobs[i % len(self.jobs)]) for i, who in enumerate(pool[:split])
        )
        self.story_names = tuple(name for name, _ in pool[split : split + STORY_PEOPLE])
        self.unused_names = tuple(name for name, _ in pool[split + STORY_PEOPLE :])

    def _person(self, dice: Dice, name: str, he: str, job: Job) -> Person:
        home, birth = dice.pair(self.towns)
        national = next(c.national for c in self.countries if c.name == birth.country)
        return Person(
            name, dice.pick(names.SURNAMES), he, job.name, dice.pick(job.tools), home.name, home.country, birth.name, national,
            dice.pick(lexicon.MONTHS), dice.pick([a for a in self.animals if a.pet]).name, dice.pick(self.foods).name,
            dice.pick(lexicon.HOBBIES), dice.pick(lexicon.INSTRUMENTS), dice.pick(lexicon.COLOURS),
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<World seed={self.seed}: {len(self.people)} people, {len(self.towns)} towns, {len(self.facts)} facts>"

    # --- what is true ----------------------------------------------------------------------------------------------
    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Everything that is fixed, in a fixed order: people, towns, countries, animals, foods, jobs."""
        things = (*self.people, *self.towns, *self.countries, *self.animals, *self.foods, *self.jobs)
        return tuple(fact for thing in things for fact in facts_of(thing))

    def person(self, name: str) -> Person:
        """The person of the encyclopaedia with that first name, in any case. Raises KeyError with a sentence."""
        for person in self.people:
            if person.name.lower() == name.lower():
                return person
        raise KeyError(f"The encyclopaedia of this world (seed {self.seed}) has nobody called {name!r}.")

    def groups(self) -> dict[str, list[str]]:
        """Word classes as lower-case tokens, each word in one class only; "place" holds the towns."""
        return {
            "animal": [animal.name for animal in self.animals],
            "young": [animal.young for animal in self.animals if animal.young],
            "food": [food.name for food in self.foods],
            "place": [town.name.lower() for town in self.towns],
            "country": [country.name.lower() for country in self.countries],
            "job": [job.name for job in self.jobs],
            "tool": [tool for job in self.jobs for tool in job.tools],
            "instrument": list(lexicon.INSTRUMENTS),
            "colour": list(lexicon.COLOURS),
            "month": [month.lower() for month in lexicon.MONTHS],
        }

    def people_by_job(self) -> dict[str, list[str]]:
        """Job -> the first names, as lower-case tokens, of the people who have it (8 each)."""
        return {job.name: [p.name.lower() for p in self.people if p.job == job.name] for job in self.jobs}

    def animals_by_food(self) -> dict[str, list[str]]:
        """What they eat -> the animals that eat it, as lower-case tokens."""
        out: dict[str, list[str]] = {}
        for animal in self.animals:
            out.setdefault(animal.diet, []).append(animal.name)
        return out

    # --- text that tells it ----------------------------------------------------------------------------------------
    @cached_property
    def _writer(self) -> Writer:
        return Writer(self)

    def sentences(self, tokens: int = 200_000, seed: int = 0) -> list[list[str]]:
        """Single sentences about everything, in random order, until they hold at least `tokens` tokens together.

        A token is a lower-case word or one punctuation mark: ["ada", "lives", "in", "alderton", "."].
        Another `seed` gives other sentences about the same world; the first ones do not depend on `tokens`.
        """
        return self._writer.sentences(tokens, seed)

    def statements(self, n: int, seed: int = 0) -> list[Statement]:
        """n sentences as written, each with the facts it tells: for questions, entailment, entities."""
        return self._writer.statements(n, seed)

    def articles(self, n: int, seed: int = 0) -> list[Article]:
        """n short documents, each about one person, town, country, animal or job, with the facts it tells."""
        return self._writer.articles(n, seed)

    def senses(self, word: str = "right", n: int = 100, seed: int = 0) -> list[tuple[list[str], int, str]]:
        """n examples (tokens, position, sense) of the word in two senses; for "right", "correct" or "direction"."""
        return senses.examples(word, n, seed)


@lru_cache(maxsize=4)
def _world(seed: int) -> World:
    return World(seed)


def microworld(seed: int = 0) -> World:
    """The world of that seed: the same on every machine. Raises ValueError unless seed is a whole number from 0 up."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"A world's seed is a whole number from 0 up, not {seed!r}.")
    return _world(seed)
