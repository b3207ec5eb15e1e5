"""The writer: turns a world's facts into sentences and articles. Used through `World.sentences`, `.statements`, `.articles`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course.data import grammar, lexicon, reviews, senses
from course.data.articles import Article, Editor
from course.data.dice import Dice
from course.data.english import capitalised, tokenise, with_article
from course.data.things import Fact, Person

if TYPE_CHECKING:
    from course.data.microworld import World

# what a sentence of the corpus is about, in parts of 100
MIX = {
    "person": 16, "deed": 18, "job": 6, "tool": 7, "animal": 12, "young": 8, "food": 7, "town": 5, "country": 10,
    "story": 5, "review": 3, "sense": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """A sentence as written, and the facts it tells: none for events, reviews and the two senses of *right*."""

    text: str
    facts: tuple[Fact, ...]
    kind: str


def _slots(thing: object) -> dict[str, str]:
    """The string fields of a thing as slots, each also with its article and capitalised: town, a_town, Town, A_town."""
    out: dict[str, str] = {}
    for key, value in vars(thing).items():
        if isinstance(value, str) and value:
            phrase = with_article(value)
            out |= {
                key: value,
                f"a_{key}": phrase,
                capitalised(key): capitalised(value),
                f"A_{key}": capitalised(phrase),
            }
    return out


def _all(sentences: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(template for templates in sentences.values() for template in templates)


class Writer:
    """Writes about one world. Slots are worked out once a thing; a sentence then costs one pick and one format."""

    def __init__(self, world: "World"):
        self.world = world
        self.kinds = [kind for kind, parts in MIX.items() for _ in range(parts)]
        self.jobs = {job.name: job for job in world.jobs}
        self.deeds = {job.name: [vars(deed) for deed in job.deeds] for job in world.jobs}
        self.people = [self._person_slots(person) for person in world.people]
        self.job_slots = [
            (_slots(job) | {"job": job.name, "a_job": with_article(job.name)}, job) for job in world.jobs
        ]
        self.towns = [_slots(town) for town in world.towns]
        self.countries = [_slots(c) | {"nationals": f"{c.national}s"} for c in world.countries]
        self.foods = [_slots(food) for food in world.foods]
        self.animals = [
            (_slots(a) | {"sounds": f"{a.sound}s"}, self._animal_templates(a)) for a in world.animals
        ]
        self.young = [(_slots(a), self._young_templates(a)) for a in world.animals if a.young]
        self.person_templates, self.town_templates = _all(grammar.PERSON), _all(grammar.TOWN)
        self.country_templates = _all(grammar.COUNTRY)
        self.known = frozenset(world.facts)
        self.write = {kind: getattr(self, f"_{kind}") for kind in MIX}

    def _person_slots(self, person: Person) -> dict[str, str]:
        return _slots(person) | {"who": person.name, "his": "his" if person.he == "he" else "her"}

    @staticmethod
    def _animal_templates(animal: lexicon.Animal) -> tuple[str, ...]:
        groups = grammar.ANIMAL if animal.sound else {k: v for k, v in grammar.ANIMAL.items() if k != "sound"}
        return _all(groups)

    @staticmethod
    def _young_templates(animal: lexicon.Animal) -> tuple[str, ...]:
        return grammar.YOUNG + (grammar.TENDED if animal.tends else ())

    # --- one sentence of each kind: (template, slots, subject) -----------------------------------------------------
    def _person(self, dice: Dice):
        return dice.pick(self.person_templates), dice.pick(self.people)

    def deed_slots(self, dice: Dice, job: str) -> dict[str, str]:
        """Slots for two different deeds of a job, and a time."""
        one, two = dice.pair(self.deeds[job])
        return {
            "deed": one["base"], "deeds": one["present"], "deeding": one["ing"], "did": one["past"],
            "deeds2": two["present"], "did2": two["past"], "when": dice.pick(grammar.WHEN),
            "deed_fact": one["base"], "deed2_fact": two["base"],
        }  # fmt: skip

    def _deed(self, dice: Dice):
        person = dice.pick(self.people)
        return dice.pick(grammar.PERSON_DEEDS), person | self.deed_slots(dice, person["job"])

    def _job(self, dice: Dice):
        slots, job = dice.pick(self.job_slots)
        return dice.pick(grammar.JOB), slots | self.deed_slots(dice, job.name)

    def _tool(self, dice: Dice):
        slots, job = dice.pick(self.job_slots)
        tool = dice.pick(job.tools)
        templates = grammar.JOB_TOOL if dice.chance(0.3) else grammar.TOOL
        return dice.pick(templates), slots | self.tool_slots(tool)

    @staticmethod
    def tool_slots(tool: str) -> dict[str, str]:
        """Slots for one of a job's tools."""
        return {"tool": tool, "a_tool": with_article(tool)}

    def _animal(self, dice: Dice):
        slots, templates = dice.pick(self.animals)
        if dice.chance(0.4):
            feed = dice.pick(lexicon.FEEDING[slots["diet"]])
            return dice.pick(grammar.FEEDING), slots | {
                "feed": feed.base,
                "feeds": feed.present,
                "feeding": feed.ing,
            }
        return dice.pick(templates), slots

    def _young(self, dice: Dice):
        slots, templates = dice.pick(self.young)
        return dice.pick(templates), slots

    def _food(self, dice: Dice):
        return dice.pick(grammar.FOOD), dice.pick(self.foods)

    def _town(self, dice: Dice):
        templates = self.town_templates if dice.chance(0.5) else grammar.TOWN_SCENES
        return dice.pick(templates), dice.pick(self.towns)

    def _country(self, dice: Dice):
        return dice.pick(self.country_templates), dice.pick(self.countries)

    def _story(self, dice: Dice):
        one, two = dice.pair(self.world.story_names)
        slots = {
            "s1": one, "s2": two, "place": dice.pick(self.world.towns).name, "food": dice.pick(self.world.foods).name,
            "a_animal": with_article(dice.pick(self.world.animals).name), "colour": dice.pick(lexicon.COLOURS),
            "month": dice.pick(lexicon.MONTHS), "instrument": dice.pick(lexicon.INSTRUMENTS),
        }  # fmt: skip
        slots["a_colour"] = with_article(slots["colour"])
        return dice.pick(grammar.STORY), slots

    def _review(self, dice: Dice):
        return reviews.verdict(dice), None

    def _sense(self, dice: Dice):
        return senses.sentence(dice, dice.pick(senses.SENSES)), None

    # --- many ------------------------------------------------------------------------------------------------------
    def _stream(self, seed: int):
        """Endless (kind, template, slots, text)."""
        dice = Dice(self.world.seed, "sentences", seed)
        while True:
            kind = dice.pick(self.kinds)
            template, slots = self.write[kind](dice)
            text = template if slots is None else capitalised(template.format_map(slots))
            yield kind, template, slots, text

    def sentences(self, tokens: int, seed: int) -> list[list[str]]:
        """See `World.sentences`."""
        out: list[list[str]] = []
        for *_, text in self._stream(seed):
            if tokens <= 0:
                return out
            out.append(tokenise(text))
            tokens -= len(out[-1])
        raise AssertionError("the stream does not end")

    def told(self, template: str, slots: dict[str, str] | None) -> tuple[Fact, ...]:
        """The facts a filled template tells of its subject; each is one of the world's."""
        if slots is None or "name" not in slots:
            return ()
        facts = []
        for relation in grammar.relations(template):
            value = slots.get(relation.removesuffix("2"))
            subject = slots["name"]
            if relation in ("deed", "deed2"):  # what a person does at work is a fact about the job
                subject, value = slots["job"], slots[f"{relation}_fact"]
            fact = Fact(subject, relation.removesuffix("2"), value)
            if fact in self.known:
                facts.append(fact)
        return tuple(dict.fromkeys(facts))

    def statements(self, n: int, seed: int) -> list[Statement]:
        """See `World.statements`."""
        stream = self._stream(seed)
        out = []
        for _ in range(n):
            kind, template, slots, text = next(stream)
            out.append(Statement(text, self.told(template, slots), kind))
        return out

    def articles(self, n: int, seed: int) -> list[Article]:
        """See `World.articles`."""
        editor = Editor(self, seed)
        return [editor.article() for _ in range(n)]
