"""What the checkpoints are pretrained on, as text: leads (a fact of a passage told again or asked), lines (single sentences), reviews, roles.

    for lead in Leads(seed=0, stage=3): lead.text[lead.start :][: len(lead.value)] == lead.value

A model that fills the value of a lead has to find the name in the passage, and of what is told of that name the right thing: this
is what reading is, and nothing else in the text asks for it. Each passage has people of its own, with facts drawn afresh,
under names of the world or names made up of syllables: facts cannot be learned by heart, and names in pieces are read like
any other. All names of the world are met, those of the validation and test splits too, since a name that is one token and never met stays a
token that nothing is known of; what is told of them here says nothing of what a task tells. `lines` tells the encyclopaedia, with all its people.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from course.data import lexicon, names
from course.data.dice import Dice
from course.data.english import capitalised, words
from course.data.microworld import World, microworld
from course.data.passages import PREDICATES, RELATIONS, SENTENCES, Author, Passage, Told, fill, people
from course.data.reviews import BLAME, PRAISE, verdict
from course.data.schemata import plain
from course.data.tasks import SPLITS
from course.data.tasks.questions import ask
from course.data.things import Person

CAST = 40  # people who share a stretch of passages: enough that four of them who share nothing are soon found
STRETCH = 60  # passages
MADE_UP = 0.5  # of the casts have names of syllables

_HEADS = words("""
ba be bra ca co da de do el fa fi ga gi gre ha he il jo ka ke la le lo ma me mi na ne no o pa pe ra re ro sa se si ta te ti u va
ve vi wa we ya ze
""")
_MIDDLES = words("bi da di la li lo ma mi na ni no ra ri ro sa se ta ti va vi") + ("",) * 12
_TAILS = words("""
bert da dor ka la lan len lia ma mar min na nar nia nor ra ran rik ro sa ska ta ten thea ton va vin wen xa zan
""")
_JUDGING = frozenset((*PRAISE, *BLAME))
_REAL = frozenset(name.lower() for name in (*names.SHE, *names.HE))


# a text, and what is hidden in it: (start, length) in characters, in order and apart
Hidden = tuple[str, list[tuple[int, int]]]


@dataclass(frozen=True)
class Lead:
    """A fact of the passage told again or asked and answered; `text[start : start + len(value)] == value`.

    asked: the text is a question and its answer, and the value is the answer. told: the place of the value in the passage.
    """

    text: str
    start: int
    value: str
    passage: Passage
    told: Told
    asked: bool


def made_up_name(dice: Dice) -> str:
    """A first name of two or three syllables that is nobody's in the world: "Fimarik"."""
    while (name := dice.pick(_HEADS) + dice.pick(_MIDDLES) + dice.pick(_TAILS)) in _REAL:
        pass
    return capitalised(name)


def cast(dice: Dice, world: World, pool: Sequence[Person], made_up: bool) -> tuple[Person, ...]:
    """CAST people with facts drawn afresh, under names out of the pool or made up."""
    out: dict[str, Person] = {}
    pets = [animal for animal in world.animals if animal.pet]
    while len(out) < CAST:
        model, job, (home, birth) = dice.pick(pool), dice.pick(world.jobs), dice.pair(world.towns)
        name = made_up_name(dice) if made_up else model.name
        out[name] = replace(
            model, name=name, surname=dice.pick(names.SURNAMES), job=job.name, tool=dice.pick(job.tools), town=home.name,
            country=home.country, birthplace=birth.name, month=dice.pick(lexicon.MONTHS), pet=dice.pick(pets).name,
            food=dice.pick(world.foods).name, hobby=dice.pick(lexicon.HOBBIES), instrument=dice.pick(lexicon.INSTRUMENTS),
            colour=dice.pick(lexicon.COLOURS),
        )  # fmt: skip
    return tuple(out.values())


class Leads:
    """An endless stream of leads. Three stages, each harder: one person; one relation of several people; whole passages.

    held_out: with the facts and names of the validation split instead, to measure with. made_up: the share of casts with names of
    syllables. each: one lead for each person who is told of under one relation, with the same passage: only the name tells them apart.
    short: the share that are telegrams (see `telegrams`).
    """

    def __init__(
        self,
        seed: int,
        stage: int,
        held_out: bool = False,
        made_up: float = MADE_UP,
        each: bool = False,
        short: float = 0.0,
    ):
        self.seed, self.stage, self.held_out = seed, stage, held_out
        self.made_up, self.each, self.short = made_up, each, short
        self.dice = Dice(seed, "leads", stage, held_out)

    def __iter__(self) -> Iterator[Lead]:
        world, pool = microworld(0), [person for split in SPLITS for person in people(0, split)]
        for i in range(10**9):
            if i % STRETCH == 0:
                split = "validation" if self.held_out else "train"
                drawn = (
                    None if self.held_out else cast(self.dice, world, pool, self.dice.chance(self.made_up))
                )
                author = Author(0, split, f"leads {self.stage} {self.seed} {i}", drawn)
            if self.short and self.dice.chance(self.short):
                yield from telegrams(self.dice, self._passage(author, several=True))
                continue
            passage = self._passage(author)
            told = self.dice.pick(passage.told)
            if self.each:
                yield from (
                    self._lead(passage, other) for other in passage.told if other.relation == told.relation
                )
            else:
                yield self._lead(passage, told)

    def _passage(self, author: Author, several: bool = False) -> Passage:
        if self.stage == 3 and not several:
            return author.passage(gaps=self.dice.chance(0.3))
        size, kinds = (
            (1, 3 + self.dice.below(2)) if self.stage == 1 and not several else (2 + self.dice.below(2), 1)
        )
        relations = self.dice.take(RELATIONS, kinds)
        chosen = author.choose(size, relations)
        return author.write([(person, relations) for person in chosen], relations)

    def _lead(self, passage: Passage, told: Told) -> Lead:
        text, start, asked = told_again(self.dice, passage, told)
        return Lead(text, start, told.value, passage, told, asked)


def told_again(dice: Dice, passage: Passage, told: Told) -> tuple[str, int, bool]:
    """(a fact of the passage in other words, or asked and answered; where its value begins; whether it is asked)."""
    person = next(p for p in passage.people if p.name == told.person)
    if dice.chance(0.5):
        question = ask(dice, person, told.relation)
        return f"{question} {told.value}.", len(question) + 1, True
    if dice.chance(0.4):
        text, start = fill(dice.pick(SENTENCES[told.relation]), person, told.value)
        return capitalised(text), start, False
    text, start = fill(dice.pick(PREDICATES[told.relation]), person, told.value)
    return f"{person.name} {text}.", start + len(person.name) + 1, False


def telegrams(dice: Dice, passage: Passage) -> list[Lead]:
    """What the passage tells of one relation in few words, and each of it again: "Ada violin. Bo the harp." and "Ada plays the violin."

    Of the words between name and value only the last few are kept, often none: where the value stands beside its name, finding
    it by the name is learned first, and then from further and further away.
    """
    relation = dice.pick(passage.told).relation
    told = [one for one in passage.told if one.relation == relation]
    pieces, places, at = [], [], 0
    for number, one in enumerate(told):
        text, start = in_few_words(dice, passage, one)
        pieces.append(text)
        places.append(one._replace(start=at + start, sentence=number))
        at += len(text) + 1
    short = replace(
        passage, text=" ".join(pieces), sentences=tuple(pieces), relations=(relation,), told=tuple(places)
    )
    again = [in_few_words(dice, passage, one) for one in told]
    return [
        Lead(text, start, one.value, short, one, asked=False)
        for (text, start), one in zip(again, places, strict=True)
    ]


def in_few_words(dice: Dice, passage: Passage, told: Told) -> tuple[str, int]:
    """A name and a value, with the last few words of what stands between them; and where the value begins."""
    person = next(p for p in passage.people if p.name == told.person)
    text, start = fill(dice.pick(PREDICATES[told.relation]), person, told.value)
    between = text[:start].split()
    kept = " ".join([person.name, *between[len(between) - dice.below(len(between) + 1) :]])
    return f"{kept} {told.value}.", len(kept) + 1


def lines(seed: int, n: int) -> list[str]:
    """n sentences of the world as it stands, and sentences of verbs with two roles, one in ten."""
    world, dice = microworld(0), Dice(seed, "lines")
    who = {
        he: [name for name in world.story_names if (name in names.SHE) == (he == "she")]
        for he in ("he", "she")
    }
    told = iter(world.statements(n, seed))
    return [
        plain(dice, tuple(who[dice.pick(("he", "she"))])).text if dice.chance(0.1) else next(told).text
        for _ in range(n)
    ]


def opinion(dice: Dice) -> Hidden:
    """A review with its consequence hidden, or the second of its words; the plain ones, of which there are many, less often."""
    text = verdict(dice)
    while not any(word in text for word in ("although", "but", " not ")) and dice.chance(0.4):
        text = verdict(dice)
    if ", so " in text:
        start = text.index(", so ") + len(", so ")
        return text, [(start, len(text) - 1 - start)]
    if ", because " in text:
        return text, [(0, text.index(", because "))]
    last = text.split()[-1]
    return text, [(len(text) - len(last), len(last) - 1)]


def judgement(dice: Dice) -> Hidden:
    """A review with one of its words of praise or blame hidden; as `opinion`, for models that see how long what is hidden is."""
    text = verdict(dice)
    found = dice.pick([match for match in re.finditer(r"[a-z]+", text) if match[0] in _JUDGING])
    return text, [(found.start(), len(found[0]))]


def role(dice: Dice, alike: Callable[[str, str], bool] = lambda noun, other: True) -> Hidden:
    """A sentence of `schemata`, with the one of two hidden who has the property. alike: which two the sentence may be about."""
    while not alike(*(told := plain(dice, (made_up_name(dice), made_up_name(dice))))[2:]):
        pass
    return told.text, [(told.start, len(told.noun))]
