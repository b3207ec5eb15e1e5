"""Names in sentences, as BIO tags. Columns: tokens (capitals as written), tags, text, reason.

PER: people ("Ida", "Ida Novak"; "Mr" and "Dr" stay outside). LOC: towns, countries, rivers. ORG: newspapers, teams,
firms, schools. MISC: months, days, nationalities and languages. The tags are O, B- and I- with these four classes.

What makes it more than a list of words: towns turn up as surnames ("Mrs Alderton") and inside organisations ("the
Alderton News"), surnames inside firms, a few names are months or ordinary words (May, Mark, Ivy, Baker), and every
sentence starts with a capital. People of the stories and people in no text are held out by split; so are surnames, and
a quarter of the towns is in the test split only. The dozen names that are also words are in every split.
"""

import re

from course.data import lexicon, names
from course.data.dice import Dice
from course.data.english import capitalised, listed
from course.data.microworld import World, microworld
from course.data.tasks import Row
from course.data.things import Town

SIZES = {"train": 6000, "validation": 800, "test": 800}
_SAID = {"PER": "a person", "LOC": "a place", "ORG": "an organisation"}
_SAID_MISC = {"month": "a month", "day": "a day", "nat": "a nationality or language", "nats": "a people"}

# Names that are also words or months; they are both in every split, so only their place in the sentence tells.
_SHE_TOO = ("April", "May", "June", "Rose", "Ivy", "Grace", "Hope")
_HE_TOO = ("August", "Mark", "Will", "Bill")
_JOB_SURNAMES = ("Baker", "Fisher", "Farmer", "Painter", "Carpenter", "Taylor")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Slots: p, q people; town, its country, river, nat (Arvian), nats (Arvians); town2 another town; paper, team, team2 and
# org (any organisation); month; day; food, dish, animals, instrument, colour, job: words that are no names. A space stands between any two tokens.
_TEMPLATES = (
    "{p} met {q} on the train to {town} .",
    "{p} and {q} walked to {town} and ate {food} there .",
    "{p} invited {q} to dinner on {day} and cooked {food} .",
    "{p} wrote a long letter about {town} to {q} .",
    "{p} lost a {colour} umbrella on the way to {town} .",
    "In {month} , {p} and {q} got married in {town} .",
    "{p} taught {q} to play the {instrument} .",
    "{p} is the best teacher in {town} .",
    "{month} is the best time of the year , says {p} .",
    "{month} was cold and wet in {town} .",
    "{p} was cold and wet after the long walk to {town} .",
    "{p} came before {q} , and everyone in {town} was glad .",
    "{month} comes before the feast , and everyone in {town} is glad .",
    "Nobody in {town} has seen {p} since {month} .",
    "Nobody has seen {p} since {q} left for {town} .",
    "We are waiting for {p} at the station in {town} .",
    "We are waiting for {month} , when the market in {town} opens again .",
    "I have never been to {town} , but {p} was born there .",
    "I bought some {food} from {p} last {day} .",
    "I bought some {food} from {town} last {day} .",
    "Every {day} {p} feeds the {animals} behind the church .",
    "They heard {p} play the {instrument} in {town} .",
    "They heard in {town} that {team} had lost .",
    "They heard from {p} that {team} had lost .",
    "The mayor of {town} thanked {p} in {month} .",
    "The {job} from {town} speaks {nat} at home .",
    "The {nat} {job} showed {p} the way to {town} .",
    "The {nats} crossed the river {river} on {day} .",
    "The letter from {p} reached {town} in {month} .",
    "The letter from {town} reached {p} on {day} .",
    "The house of {p} stands near the station in {town} .",
    "The streets of {town} are quiet on {day} .",
    "{town} lies on the river {river} , where {p} often swims .",
    "{town} is a town in {country} .",
    "{town} is a quiet town , but {town2} is not .",
    "{town} has two bridges , and {p} built them both .",
    "{town} was the first stop , and {town2} was the last one .",
    "{p} was the first to come , and {q} was the last .",
    "{country} sells a lot of {food} every {month} .",
    "{nat} {dish} is never cheap , says {p} .",
    "Many {nats} live beside the river {river} .",
    "Most {nats} have never heard of {p} .",
    "Most {nats} read {paper} every {day} .",
    "{org} sent {p} to {town} .",
    "{org} praised {p} for a new picture .",
    "{org} opened a new shop in {town} in {month} .",
    "{team} lost to {team2} on {day} .",
    "{p} works for {org} in {town} .",
    "{p} reads {paper} before breakfast .",
    "{p} has left {team} and now plays for {team2} .",
    "{p} wrote to {org} about the road to {town} .",
    "The {job} sold the old house to {org} .",
    "The {job} sold the old house to {p} .",
    "The road from {town} to {town2} is closed because of snow .",
    "A {job} from {country} lives next door to {p} .",
    "On {day} {org} thanked {p} .",
    "On {day} {p} thanked {q} for the {food} .",
    "Yesterday {p} asked {org} for help .",
    "Yesterday {org} asked the people of {town} for help .",
    "Have you seen {p} in {town} ?",
    "Have you ever read {paper} ?",
    "Does {p} still live in {country} ?",
    "Last {month} , {p} painted the front door {colour} .",
    "Last {day} , the river {river} flooded half of {town} .",
    # ordinary words that look like names where a sentence starts
    "May we visit {p} in {month} ?",
    "May the {job} stay in {town} until {day} ?",
    "Will you write to {p} from {town} ?",
    "Will the train to {town} be late again ?",
    "Mark the road to {town} on this map .",
    "Mark the homework before {p} comes on {day} .",
    "Mark and {p} went to {town} by train .",
    "Ivy covers the walls of the school in {town} .",
    "Ivy and {p} painted the walls of the school in {town} .",
    "Hope is all that the people of {town} have left .",
    "Hope is the best {job} in {town} .",
    "Grace is what {p} needs to dance well .",
    "Grace is a {job} , and so is {p} .",
    "Rose bushes grow in the gardens of {town} .",
    "Rose grows {colour} flowers in {town} .",
    "Baker or doctor , everyone in {town} was invited .",
    "Fisher or sailor , all {nats} love the river {river} .",
    "Farmer and painter alike came to hear {p} .",
    "Carpenter and tailor alike are needed in {town} .",
)  # fmt: skip
# the first words above that are people after all, by the start of the sentence
_NAMED = ("Mark and ", "Ivy and ", "Hope is the ", "Grace is a ", "Rose grows ")

_PAPERS = ("News", "Herald", "Post", "Times")
_TEAMS = ("Rovers", "United", "Wanderers", "City")
_WORKS = ("Bank", "School", "Railway", "Library", "Hotel", "Museum")
_ORGS = {"paper": (0,), "team": (1,), "team2": (1,), "org": (0, 1, 2, 3, 4, 5)}  # slot -> kinds in _org
_FIRMS = ("and Sons", "and Daughters", "Brothers", "and Company")


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Sentences with every name tagged; no sentence twice, none in two splits, and no two splits share a person."""
    author = _Author(microworld(seed), split)
    rows: dict[str, Row] = {}
    while len(rows) < (n or SIZES[split]):
        row = author.row()
        if author.own or _home(row["text"]) == split:
            rows.setdefault(row["text"], row)
    return author.dice.shuffled(list(rows.values()))


def _home(text: str) -> str:
    """The one split that may have a sentence in which no person's name is a split's own."""
    part = Dice("entities", text).below(8)
    return "train" if part < 6 else "validation" if part == 6 else "test"


def _share(items: tuple[str, ...], split: str) -> tuple[str, ...]:
    """The part of a list that is this split's: the first 6 of 8 parts, the 7th or the last."""
    low, high = {"train": (0, 6), "validation": (6, 7), "test": (7, 8)}[split]
    return items[len(items) * low // 8 : len(items) * high // 8]


def _parsed(template: str) -> tuple[list[tuple[str, str]], bool]:
    """[(word, slot)], one of the two empty, and whether the first word is a person's name."""
    items = [(("", t[1:-1]) if t[0] == "{" else (t, "")) for t in template.split()]
    return items, template.startswith(_NAMED)


_PARSED = tuple(_parsed(template) for template in _TEMPLATES)


class _Author:
    """Writes sentences of one split. `own`: the last row holds a person's name that no other split has."""

    def __init__(self, world: World, split: str):
        self.world, self.dice = world, Dice(world.seed, "entities", split)
        pool = _share(world.story_names, split) + _share(world.unused_names, split)
        self.mine = set(pool)
        women = set(names.SHE)
        self.people = [(name, "Mrs" if name in women else "Mr") for name in pool]
        self.men = [name for name, title in self.people if title == "Mr"]  # they are surnames too
        self.both = [(name, "Mrs") for name in _SHE_TOO] + [(name, "Mr") for name in _HE_TOO]
        self.surnames = _share(
            tuple(Dice(world.seed, "entities", "surnames").shuffled(names.SURNAMES)), split
        )
        # the fourth town of a country is the test's alone, the third the validation's
        by_country = [[t for t in world.towns if t.country == c.name] for c in world.countries]
        self.towns = [t for group in by_country for t in group[:2]]
        if split != "train":
            held = 3 if split == "test" else 2
            self.towns += [group[held] for group in by_country] * 2
        self.national = {c.name: c.national for c in world.countries}

    def row(self) -> Row:
        dice = self.dice
        items, named = dice.pick(_PARSED)
        town, other = dice.pair(self.towns)
        while other.name == town.name:
            other = dice.pick(self.towns)
        self.own, self.used = False, set()
        tokens: list[str] = []
        tags: list[str] = []
        told: list[str] = []
        for word, slot in items:
            before, name, kind = [], [word], ""
            if slot in ("p", "q"):
                before, name, kind = self._person()
            elif slot in _ORGS:
                place = other if slot == "team2" or (slot == "org" and dice.chance(0.5)) else town
                before, name, kind = self._org(_ORGS[slot], place)
            elif slot:
                text, kind = self._word(slot, town, other)
                name = text.split()
            elif named and not tokens:
                kind = "PER"
                self.used.add(word)
            tokens += before + name
            tags += ["O"] * len(before)
            tags += [f"B-{kind}"] + [f"I-{kind}"] * (len(name) - 1) if kind else ["O"] * len(name)
            if kind:
                told.append(f"'{' '.join(name)}' is {_SAID.get(kind) or _SAID_MISC[slot]}")
        tokens[0] = capitalised(tokens[0])
        text = re.sub(r" (?=[.,?])", "", " ".join(tokens))
        return {"tokens": tokens, "tags": tags, "text": text, "reason": f"Here {listed(told)}."}

    def _person(self) -> tuple[list[str], list[str], str]:
        """Words before the name, the name, "PER"; nobody is twice in a sentence."""
        dice = self.dice
        first, title = dice.pick(self.both if dice.chance(0.12) else self.people)
        while first in self.used:
            first, title = dice.pick(self.people)
        self.used.add(first)
        form = dice.below(10)
        if form < 5:
            self.own |= first in self.mine
            return [], [first], "PER"
        last = self._surname()
        if form < 8:
            self.own |= first in self.mine
            return [], [first, last], "PER"
        self.own |= last in self.surnames
        return [dice.pick((title, "Dr"))], [last], "PER"

    def _surname(self) -> str:
        """A surname; half of them are also the name of a town, a job or a first name."""
        dice = self.dice
        kind = dice.below(8)
        last = (
            dice.pick(self.towns).name if kind < 3
            else dice.pick(_JOB_SURNAMES) if kind == 3
            else dice.pick(self.men) if kind == 4
            else dice.pick(self.surnames)
        )  # fmt: skip
        while last in self.used:
            last = dice.pick(self.surnames)
        self.used.add(last)
        return last

    def _org(self, kinds: tuple[int, ...], town: Town) -> tuple[list[str], list[str], str]:
        """An organisation of one of these kinds, named after a town, a country, a nationality or a family."""
        dice = self.dice
        kind = dice.pick(kinds)
        if kind == 0:
            return ["the"], [town.name, dice.pick(_PAPERS)], "ORG"
        if kind == 1:
            return [], [town.name, dice.pick(_TEAMS)], "ORG"
        if kind == 2:
            first = self.national[town.country] if dice.chance(0.4) else town.name
            return ["the"], [first, dice.pick(_WORKS)], "ORG"
        if kind == 3:
            return ["the"], ["Bank", "of", dice.pick((town.country, town.name))], "ORG"
        last = self._surname()
        self.own |= last in self.surnames
        if kind == 4:
            return ["the"], [last, dice.pick(_WORKS)], "ORG"
        return [], [last, *dice.pick(_FIRMS).split()], "ORG"

    def _word(self, slot: str, town: Town, other: Town) -> tuple[str, str]:
        """What fills any other slot, and its class ("" for a word that is no name)."""
        dice = self.dice
        match slot:
            case "town":
                return town.name, "LOC"
            case "town2":
                return other.name, "LOC"
            case "country":
                return town.country, "LOC"
            case "river":
                return town.river, "LOC"
            case "nat":
                return self.national[town.country], "MISC"
            case "nats":
                return self.national[town.country] + "s", "MISC"
            case "month":
                return dice.pick(lexicon.MONTHS), "MISC"
            case "day":
                return dice.pick(_DAYS), "MISC"
            case "dish":
                return dice.pick(_DISHES), ""
            case "food":
                return dice.pick(lexicon.FOODS).name, ""
            case "animals":
                return dice.pick(lexicon.ANIMALS).plural, ""
            case "job":
                return dice.pick(_PLAIN_JOBS), ""
            case "instrument":
                return dice.pick(lexicon.INSTRUMENTS), ""
        return dice.pick(_PLAIN_COLOURS), ""


# "a {job}", "a {colour}": only words that take "a"
_PLAIN_JOBS = tuple(job.name for job in lexicon.JOBS if job.name[0] not in "aeiou")
_DISHES = tuple(food.name for food in lexicon.FOODS if not food.plural)
_PLAIN_COLOURS = tuple(colour for colour in lexicon.COLOURS if colour[0] not in "aeiou")
