"""What the world is made of: facts, people, towns and countries (animals, foods and jobs are in `lexicon`)."""

from dataclasses import dataclass, fields

from course.data.lexicon import Job


@dataclass(frozen=True)
class Fact:
    """`subject` and `value` as the text writes them: Fact("Ada", "town", "Alderton"), Fact("cat", "young", "kitten")."""

    subject: str
    relation: str
    value: str


@dataclass(frozen=True)
class Person:
    """Someone of the encyclopaedia. `name` is unique and one token; `he` is "he" or "she"."""

    name: str
    surname: str
    he: str
    job: str
    tool: str
    town: str
    country: str
    birthplace: str
    national: str
    month: str
    pet: str
    food: str
    hobby: str
    instrument: str
    colour: str

    @property
    def full_name(self) -> str:
        return f"{self.name} {self.surname}"


@dataclass(frozen=True)
class Town:
    """market: the food its market is known for; neighbour: another town of the same country."""

    name: str
    country: str
    river: str
    sight: str
    market: str
    neighbour: str


@dataclass(frozen=True)
class Country:
    """national: "Arvian"; dish, product, flag (a colour) and river belong to this country alone, flags excepted."""

    name: str
    national: str
    capital: str
    river: str
    dish: str
    product: str
    flag: str
    towns: tuple[str, ...]


_NO_FACT = {"name", "surname", "he", "plural", "youngs"}


def facts_of(thing: object) -> list[Fact]:
    """One Fact for each field of a person, town, country, animal, food or job that states one."""
    subject = thing.name
    out = [
        Fact(subject, field.name, value)
        for field in fields(thing)
        if field.name not in _NO_FACT and isinstance(value := getattr(thing, field.name), str) and value
    ]
    if isinstance(thing, Job):
        out += [Fact(subject, "tool", tool) for tool in thing.tools]
        out += [Fact(subject, "deed", deed.base) for deed in thing.deeds]
    return out
