"""Sentences in which one property decides who is who: verbs with two roles, told from both sides, and endings.

    plain(dice, ("Ada", "Ida")).text    # "Ada lent Ida ten coins because Ida was poor."

The task `coreference` makes its rows of them; `plain` says the same with the noun in place of the pronoun, for text to
pretrain on: it is where a model without the knowledge can get it.
"""

from dataclasses import dataclass
from typing import NamedTuple

from course.data.dice import Dice
from course.data.english import capitalised


@dataclass(frozen=True)
class Family:
    """Verbs with two roles, x and y, and endings that are true of one of the two.

    fillers: "people", or the things that can be x and those that can be y. schemata: each verb with x first and with y
    first, up to "because" (or "until"); the last is the test's, the last but one the validation's. endings: (true of x, true of y),
    said after "he", "she" or "it". why: the rule, for x and for y.
    """

    name: str
    fillers: tuple[tuple[str, ...], tuple[str, ...]] | None
    schemata: tuple[tuple[str, str], ...]
    endings: tuple[tuple[str, str], ...]
    why: tuple[str, str]

    def drawn(self, dice: Dice) -> tuple[str, str]:
        """Two different things for x and y."""
        x, y = dice.pick(self.fillers[0]), dice.pick(self.fillers[1])
        while x == y:
            y = dice.pick(self.fillers[1])
        return x, y


_CONTENTS = (
    "violin",
    "guitar",
    "cello",
    "harp",
    "accordion",
    "banjo",
    "telescope",
    "easel",
    "anchor",
    "spade",
    "rake",
    "plough",
)
_CONTAINERS = ("basket", "box", "bag", "cupboard", "drawer", "chest", "suitcase", "crate")
_HEAVY = ("piano", "anchor", "harp", "plough", "cello", "statue", "wardrobe", "barrel", "stove", "bell")
_SUPPORTS = ("shelf", "table", "chair", "bench", "ladder", "plank", "stool", "branch")
_SOURCES = ("barrel", "jug", "bucket", "kettle", "tank", "tub")
_GOALS = ("bowl", "pot", "basin", "bottle", "jar", "pan")
_HUNTERS = ("cat", "dog", "lion", "eagle")
_HUNTED = ("pigeon", "duck", "hen", "goose", "finch", "turkey", "lamb", "kid")
_TOOLS = ("saw", "chisel", "axe", "knife", "blade", "scythe")
_STUFFS = ("board", "plank", "leather", "rope", "ice", "root", "cable", "branch")

FAMILIES = (
    Family(
        "size", (_CONTENTS, _CONTAINERS),
        (
            ("The {x} did not fit in the {y}", "The {y} could not hold the {x}"),
            ("We could not get the {x} into the {y}", "We could not close the {y} over the {x}"),
            ("The {x} would not go into the {y}", "The {y} had no room for the {x}"),
            ("They tried in vain to pack the {x} in the {y}", "They tried in vain to fill the {y} with the {x}"),
            ("Nobody could squeeze the {x} into the {y}", "The {y} could not be shut with the {x} inside"),
        ),
        (("too big", "too small"), ("too large", "too narrow"), ("much too wide", "much too tight"), ("not small enough", "not big enough")),
        ("what does not go in is too big", "what does not take it in is too small"),
    ),
    Family(
        "weight", (_HEAVY, _SUPPORTS),
        (
            ("The {x} broke the {y}", "The {y} broke under the {x}"),
            ("The {x} was too much for the {y}", "The {y} could not bear the {x}"),
            ("The {x} crashed down with the {y}", "The {y} gave way under the {x}"),
            ("They did not dare to put the {x} on the {y}", "They did not trust the {y} with the {x}"),
            ("The {x} made the {y} crack", "The {y} cracked beneath the {x}"),
        ),
        (("too heavy", "too weak"), ("very heavy", "very old and thin"), ("much heavier than it looked", "much weaker than it looked"), ("not light enough", "not strong enough")),
        ("what breaks another thing is heavy", "what breaks under another thing is weak"),
    ),
    Family(
        "pouring", (_SOURCES, _GOALS),
        (
            ("Water ran from the {x} into the {y} until", "Water filled the {y} from the {x} until"),
            ("We poured milk from the {x} into the {y} until", "We filled the {y} with milk from the {x} until"),
            ("The cook emptied the {x} into the {y} until", "The cook filled the {y} out of the {x} until"),
            ("The tea flowed out of the {x} into the {y} until", "The tea flowed into the {y} out of the {x} until"),
            ("The soup was ladled out of the {x} into the {y} until", "The {y} was topped up from the {x} until"),
        ),
        (("empty", "full"), ("quite empty", "quite full"), ("nearly empty", "nearly full"), ("as dry as a bone", "full to the brim")),
        ("what one pours from becomes empty", "what one pours into becomes full"),
    ),
    Family(
        "speed", (_HUNTERS, _HUNTED),
        (
            ("The {x} could not catch the {y}", "The {y} escaped from the {x}"),
            ("The {x} came too late to seize the {y}", "The {y} got away from the {x}"),
            ("The {x} lost sight of the {y}", "The {y} was soon far away from the {x}"),
            ("The {x} ran after the {y} in vain", "The {y} was chased by the {x} in vain"),
            ("The {x} failed to keep up with the {y}", "The {y} left the {x} far behind"),
        ),
        (("too slow", "too fast"), ("much slower", "much faster"), ("lazy and slow", "quick and clever"), ("tired and lame", "fresh and quick")),
        ("what does not catch the other is slow", "what gets away is fast"),
    ),
    Family(
        "cutting", (_TOOLS, _STUFFS),
        (
            ("The {x} did not go through the {y}", "The {y} could not be cut with the {x}"),
            ("The {x} hardly scratched the {y}", "The {y} was hardly scratched by the {x}"),
            ("The {x} left no mark on the {y}", "The {y} showed no mark of the {x}"),
            ("We could not push the {x} through the {y}", "We could not split the {y} with the {x}"),
            ("The {x} was of no use against the {y}", "The {y} stayed whole in spite of the {x}"),
        ),
        (("too blunt", "too thick"), ("not sharp enough", "not soft enough"), ("old and blunt", "thick and hard"), ("in need of sharpening", "as hard as stone")),
        ("what does not cut is blunt", "what is not cut is thick or hard"),
    ),
    Family(
        "hunger", None,
        (
            ("{x} gave {y} some bread", "{y} got some bread from {x}"),
            ("{x} shared the cake with {y}", "{y} was given half of the cake by {x}"),
            ("{x} passed the soup to {y}", "{y} took the soup from {x}"),
            ("{x} brought {y} a bowl of rice", "{y} accepted a bowl of rice from {x}"),
            ("{x} left the last slice of cheese for {y}", "{y} ate the last slice of cheese that {x} had left"),
        ),
        (("was not hungry", "was hungry"), ("had already eaten", "had not eaten all day"), ("had plenty of food", "had no food"), ("was full after a large breakfast", "was starving after a long walk")),
        ("who gives food away has enough", "who gets food is hungry"),
    ),
    Family(
        "money", None,
        (
            ("{x} lent {y} ten coins", "{y} borrowed ten coins from {x}"),
            ("{x} paid for the dinner of {y}", "{y} let {x} pay for the dinner"),
            ("{x} bought {y} a train ticket", "{y} got a train ticket from {x}"),
            ("{x} gave {y} a coat and new shoes", "{y} received a coat and new shoes from {x}"),
            ("{x} supported {y} for a whole year", "{y} lived on the money of {x} for a whole year"),
        ),
        (("was rich", "was poor"), ("had a lot of money", "had no money"), ("earned more than enough", "earned nothing at all"), ("could spare it", "needed help")),
        ("who pays for another is rich", "who is paid for is poor"),
    ),
    Family(
        "knowledge", None,
        (
            ("{x} asked {y} about the old poem", "{y} was asked about the old poem by {x}"),
            ("{x} learned the song from {y}", "{y} taught {x} the song"),
            ("{x} looked to {y} for the answer", "{y} told {x} the answer"),
            ("{x} needed {y} to solve the puzzle", "{y} solved the puzzle for {x}"),
            ("{x} let {y} explain the map", "{y} explained the map to {x}"),
        ),
        (("did not know it", "knew it well"), ("did not understand it", "understood it very well"), ("had never heard of it before", "had studied it for years"), ("had forgotten it", "knew it by heart")),
        ("who asks or learns does not know yet", "who is asked or teaches knows"),
    ),
    Family(
        "lost and found", None,
        (
            ("{x} gave the umbrella back to {y}", "{y} got the umbrella back from {x}"),
            ("{x} returned the wallet to {y}", "{y} thanked {x} for the wallet"),
            ("{x} brought {y} the missing ring", "{y} had the missing ring back thanks to {x}"),
            ("{x} handed the hat to {y}", "{y} took the hat from {x}"),
            ("{x} sent the key to {y} by post", "{y} received the key from {x} by post"),
        ),
        (("had found it", "had lost it"), ("had picked it up in the street", "had dropped it in the street"), ("had discovered it under a bench", "had forgotten it on a bench"), ("had noticed it on the floor", "had left it behind")),
        ("who gives a thing back has found it", "who gets it back had lost it"),
    ),
    Family(
        "strength", None,
        (
            ("{x} carried the heavy bag for {y}", "{y} had the heavy bag carried by {x}"),
            ("{x} helped {y} up the stairs", "{y} leaned on {x} on the stairs"),
            ("{x} did all the digging for {y}", "{y} left all the digging to {x}"),
            ("{x} rowed the boat for {y}", "{y} was rowed across the lake by {x}"),
            ("{x} pulled {y} up the steep hill", "{y} was pulled up the steep hill by {x}"),
        ),
        (("was strong", "was weak"), ("was still fresh", "was very tired"), ("felt well and strong", "felt ill and weak"), ("was used to hard work", "had a broken arm")),
        ("who does the hard work for another is strong", "who is helped is weak or tired"),
    ),
    Family(
        "visit", None,
        (
            ("{x} went to see {y} in hospital", "{y} had a visit from {x} in hospital"),
            ("{x} sat all night beside the bed of {y}", "{y} was watched over all night by {x}"),
            ("{x} took {y} to the doctor", "{y} was taken to the doctor by {x}"),
            ("{x} cooked a light soup for {y}", "{y} was given a light soup by {x}"),
            ("{x} nursed {y} for a week", "{y} was nursed for a week by {x}"),
        ),
        (("was worried", "was ill"), ("was a good nurse", "had a fever"), ("wanted to help", "could not stand up"), ("was kind and patient", "was in great pain")),
        ("who looks after another is the helper", "who is looked after is ill"),
    ),
)  # fmt: skip
SINCE = ("because", "since")


def lead(dice: Dice, family: Family, schema: int, side: int, x: str, y: str) -> str:
    """A schema up to its ending, told with x first (side 0) or y first (1): "Ada lent Ida ten coins because "."""
    text = family.schemata[schema][side].format(x=x, y=y)
    return f"{text} " if text.endswith(" until") else f"{text} {dice.pick(SINCE)} "


class Plain(NamedTuple):
    """A sentence without a pronoun: `text[start : start + len(noun)]` is the one of two who has the property, and `other` is the other."""

    text: str
    start: int
    noun: str
    other: str


def plain(dice: Dice, people: tuple[str, ...]) -> Plain:
    """One sentence of any schema, true by its family's rule. `people`: at least two first names."""
    family = dice.pick(FAMILIES)
    if family.fillers is None:
        x, y = dice.pair(people)
        nouns, be = (x, y), ""
    else:
        x, y = family.drawn(dice)
        nouns, be = (f"the {x}", f"the {y}"), "was "
    role = dice.below(2)
    noun, other = nouns[role], nouns[1 - role]
    property_ = f"{noun} {be}{dice.pick(family.endings)[role]}"
    text = lead(dice, family, dice.below(len(family.schemata)), dice.below(2), x, y)
    reason = text.split()[-1]
    if reason == "until" or (be == "" and " it" in property_) or dice.chance(0.5):
        return Plain(f"{text}{property_}.", len(text), noun, other)
    told = text.removesuffix(f" {reason} ")
    told = told if not be else told[0].lower() + told[1:]
    return Plain(f"{capitalised(property_)}, and so {told}.", 0, capitalised(noun), other)
