"""Reviews of foods, places and shows. What decides a label is one word of praise or blame, so the reason is known.

`verdict` is for text to pretrain on: there the word comes with a consequence ("so do not watch it") or with a second
word of the same kind, which is all that unlabelled text tells about it.
"""

from dataclasses import dataclass

from course.data.dice import Dice
from course.data.english import capitalised, with_article
from course.data.english import words as word_table
from course.data.lexicon import FOODS, MONTHS
from course.data.names import TOWNS

PRAISE = word_table("""
wonderful delightful superb excellent lovely marvellous charming splendid fantastic terrific magnificent
perfect memorable brilliant outstanding pleasant fabulous amazing great glorious impressive remarkable
enjoyable satisfying exquisite heavenly stunning fine exceptional good
""")
BLAME = word_table("""
terrible awful dreadful horrible disappointing poor bad mediocre unpleasant dismal disgusting miserable
lousy atrocious appalling pathetic ghastly nasty shoddy abysmal hopeless unbearable depressing frightful
wretched inferior revolting dire sloppy forgettable
""")
PLACES = ("hotel", "beach", "museum", "library", "campsite", "restaurant", "harbour", "zoo")
SHOWS = ("play", "film", "concert", "circus", "opera", "musical", "ballet", "puppet show")

_VERDICTS = {
    ("food", 1): ("you should try {it}", "do order {it}", "we asked for more of {it}"),
    ("food", 0): ("do not order {it}", "we sent {it} back", "nobody finished {it}"),
    ("place", 1): ("go there soon", "we want to go back", "do visit it"),
    ("place", 0): ("do not go there", "we left at once", "stay away from it"),
    ("show", 1): ("do not miss it", "we clapped for ten minutes", "go and see it"),
    ("show", 0): ("do not watch it", "we walked out", "save your money"),
}
_TEMPLATES = (
    "{thing} {was} {word}.",
    "{thing} {was} {adverb} {word}.",
    "Last {month}, {thing} {was} {word}.",
    "We thought that {thing} {was} {word}.",
    "Most of us found {thing} {adverb} {word}.",
    "My sister called {thing} {word}.",
    "I have to say that {thing} {was} {word}.",
    "I can only call {thing} {word}.",
)
_ADVERBS = ("truly", "really", "simply", "rather", "quite")


@dataclass(frozen=True)
class Review:
    """One sentence; label 1 is praise and 0 blame; `word` is the one that decides; topic is food, place or show."""

    text: str
    label: int
    topic: str
    word: str

    @property
    def reason(self) -> str:
        """Why the label is true, in words."""
        return f"{capitalised(with_article(self.topic))} is called '{self.word}', which is a word of {('blame', 'praise')[self.label]}."


def words(seed: int, split: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(blame, praise) of that split: 18, 6 and 6 words of each for train, validation and test, with none in two of them."""
    low, high = {"train": (0, 18), "validation": (18, 24), "test": (24, 30)}[split]
    dice = Dice(seed, "review words")
    blame, praise = dice.shuffled(BLAME), dice.shuffled(PRAISE)
    return tuple(blame[low:high]), tuple(praise[low:high])


def _thing(dice: Dice) -> tuple[str, str, str, str]:
    """What is reviewed: (topic, "the soup in Alderton", "was" or "were", "it" or "them")."""
    topic = dice.pick(("food", "place", "show"))
    if topic == "food":
        food = dice.pick(FOODS)
        noun, was, it = (food.name, "were", "them") if food.plural else (food.name, "was", "it")
    else:
        noun, was, it = dice.pick(PLACES if topic == "place" else SHOWS), "was", "it"
    return topic, f"the {noun} in {dice.pick(TOWNS)}", was, it


def review(dice: Dice, label: int, vocabulary: tuple[str, ...]) -> Review:
    """A single-clause review with that label, whose deciding word is drawn from `vocabulary`."""
    topic, thing, was, _ = _thing(dice)
    word = dice.pick(vocabulary)
    text = dice.pick(_TEMPLATES).format(
        thing=thing, was=was, word=word, adverb=dice.pick(_ADVERBS), month=dice.pick(MONTHS)
    )
    return Review(capitalised(text), label, topic, word)


def verdict(dice: Dice) -> str:
    """A review of one polarity with its consequence, or with two words of the same kind; all words, for pretraining."""
    label = dice.below(2)
    topic, thing, was, it = _thing(dice)
    word, other = dice.pair(PRAISE if label else BLAME)
    if dice.chance(0.3):
        return capitalised(f"{thing} {was} {word} and {other}.")
    return capitalised(f"{thing} {was} {word}, so {dice.pick(_VERDICTS[topic, label]).format(it=it)}.")
