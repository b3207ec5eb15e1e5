"""Reviews of foods, places and shows. A word of praise or blame decides the label, so the reason is known.

There are three kinds: `plain`, one clause with one such word; `contrast`, a word of each, where the main clause (the one
after "but", the one without "although") decides; `negation`, one word in the reach of a "not", a "nobody" or the like,
which turns it round ("nobody would say that it was superb") or does not ("nobody would deny that it was superb").

`verdict` is for text to pretrain on: there a review comes with a consequence ("so do not watch it") or with a second
word of the same kind, which is all that unlabelled text tells about the words.
"""

from dataclasses import dataclass, replace

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
KINDS = ("plain", "contrast", "negation")

_VERDICTS = {
    ("food", 1): ("you should try {it}", "do order {it}", "we asked for more of {it}"),
    ("food", 0): ("do not order {it}", "we sent {it} back", "nobody finished {it}"),
    ("place", 1): ("go there soon", "we want to go back", "do visit it"),
    ("place", 0): ("do not go there", "we left at once", "stay away from it"),
    ("show", 1): ("do not miss it", "we clapped for ten minutes", "go and see it"),
    ("show", 0): ("do not watch it", "we walked out", "save your money"),
}
_PLAIN = (
    "{thing} {was} {word}",
    "{thing} {was} {adverb} {word}",
    "last {month}, {thing} {was} {word}",
    "we thought that {thing} {was} {word}",
    "most of us found {thing} {adverb} {word}",
    "my sister called {thing} {word}",
    "I have to say that {thing} {was} {word}",
    "I can only call {thing} {word}",
)
# {word} decides and {other} is of the other polarity. As many of these end with the main clause as begin with it, and what
# stands next to a word is the same for both, so that neither the words nor their neighbours tell which of the two decides.
_CONTRAST_LAST = (
    "{part} {were} {other}, but {thing} {was} {word}",
    "although {part} {were} {other}, {thing} {was} {word}",
    "{part} {were} {adverb} {other}, and yet {thing} {was} {word}",
    "{people} {called} {thing} {other}, but we {found} {it} {word}",
    "although {people} {called} {thing} {other}, we {found} {it} {word}",
    "last year {thing} {was} {other}, but this time {it} {was} {word}",
)
_CONTRAST_FIRST = (
    "{thing} {was} {word}, although {part} {were} {other}",
    "{thing} {was} {word}, even though {part} {were} {other}",
    "{thing} {was} {adverb} {word}, though {part} {were} {other}",
    "we {found} {thing} {word}, although {people} {called} {it} {other}",
    "we {found} {thing} {word}, even though {people} {called} {it} {other}",
    "this time {thing} {was} {word}, although last year {it} {was} {other}",
)
# the negation reaches the word and turns it round; its partner below has the same words next to it and does not
_TURNED = (
    "nobody would say that {thing} {was} {word}",
    "I would not say that {thing} {was} {word}",
    "{thing} {was} not at all what I call {word}",
    "{thing} {was} not {adverb} {word}",
    "{thing} {was} anything but {word}",
    "we could not call {thing} {word}",
    "it is not true that {thing} {was} {word}",
    "no one thinks that {thing} {was} {word}",
)
_KEPT = (
    "nobody would deny that {thing} {was} {word}",
    "I would not deny that {thing} {was} {word}",
    "{thing} {was} not at all well known, but what I call {word}",
    "{thing} {was} not only well known but {adverb} {word}",
    "{thing} {was} nothing but {word}",
    "we could not help calling {thing} {word}",
    "it is not a secret that {thing} {was} {word}",
    "no one doubts that {thing} {was} {word}",
)
_ADVERBS = ("truly", "really", "simply", "rather", "quite")
_PEOPLE = ("my sister", "my brother", "our neighbours", "the newspaper", "everyone else", "my aunt")
# parts of what is reviewed, and "was" or "were": never the whole, so that the whole's clause is what counts
_PARTS = {
    "food": (("the plates", "were"), ("the table", "was"), ("the service", "was"), ("the waiters", "were")),
    "place": (("the door", "was"), ("the street", "was"), ("the guides", "were"), ("the stairs", "were")),
    "show": (("the seats", "were"), ("the hats", "were"), ("the light", "was"), ("the first song", "was")),
}


@dataclass(frozen=True)
class Review:
    """One sentence; label 1 is praise and 0 blame; `word` is the one that decides; topic is food, place or show.

    `kind` is one of `KINDS`; `other` is the second word of a contrast, else ""; `turned`: a negation turns the word round.
    """

    text: str
    label: int
    topic: str
    word: str
    kind: str = "plain"
    other: str = ""
    turned: bool = False

    @property
    def reason(self) -> str:
        """Why the label is true, in words."""
        word = f"'{self.word}', which is a word of {_said(self.label ^ self.turned)}"
        if self.kind == "contrast":
            return f"The clause that counts says {word}; the clause with '{self.other}' gives way to it."
        if self.turned:
            return f"It says {word}, but the negation turns it round to {_said(self.label)}."
        if self.kind == "negation":
            return f"It says {word}, and the negation does not touch that word."
        return f"{capitalised(with_article(self.topic))} is called {word}."


def _said(label: int) -> str:
    return ("blame", "praise")[label]


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


def _templates(dice: Dice, kind: str, turned: bool) -> tuple[str, ...]:
    if kind == "plain":
        return _PLAIN
    if kind == "contrast":
        return _CONTRAST_LAST if dice.chance(0.5) else _CONTRAST_FIRST
    return _TURNED if turned else _KEPT


def _write(
    dice: Dice, kind: str, label: int, vocabulary: tuple[tuple[str, ...], tuple[str, ...]]
) -> tuple[Review, str, bool]:
    """A review without its full stop; "it" or "them" for what it reviews; whether the clause that counts is the last one."""
    topic, thing, was, it = _thing(dice)
    turned = kind == "negation" and dice.chance(0.5)
    word = dice.pick(vocabulary[label ^ turned])
    template = dice.pick(_templates(dice, kind, turned))
    other = part = were = ""
    if kind == "contrast":
        other = dice.pick(vocabulary[1 - label])
        part, were = dice.pick(_PARTS[topic])
    called, found = dice.pair(("called", "found", "thought"))
    text = template.format(
        thing=thing, was=was, word=word, adverb=dice.pick(_ADVERBS), month=dice.pick(MONTHS), other=other, part=part,
        were=were, people=dice.pick(_PEOPLE), called=called, found=found,
        # "this time they were", but "we found them"
        it="they" if it == "them" and "{it} {was}" in template else it,
    )  # fmt: skip
    return Review(text, label, topic, word, kind, other, turned), it, template not in _CONTRAST_FIRST


def review(
    dice: Dice, label: int, vocabulary: tuple[tuple[str, ...], tuple[str, ...]], kind: str = "plain"
) -> Review:
    """A review of that kind with that label; its words of blame and of praise are drawn from `vocabulary`, (blame, praise)."""
    written, *_ = _write(dice, kind, label, vocabulary)
    return replace(written, text=f"{capitalised(written.text)}.")


def verdict(dice: Dice) -> str:
    """A review with its consequence, or with two words of the same kind; all words of praise and blame, for pretraining.

    Two in three are plain: a model that meets mixed reviews only does not find out which words go together.
    """
    label = dice.below(2)
    kind = dice.pick(("plain", "plain", "plain", "plain", "contrast", "negation"))
    if kind == "plain" and dice.chance(0.3):
        _, thing, was, _ = _thing(dice)
        word, other = dice.pair(PRAISE if label else BLAME)
        return capitalised(f"{thing} {was} {word} and {other}.")
    written, it, last = _write(dice, kind, label, (BLAME, PRAISE))
    end = dice.pick(_VERDICTS[written.topic, label]).format(it=it)
    # "X was fine, although Y was not, so ..." would draw the consequence from Y
    return capitalised(f"{written.text}, so {end}." if last else f"{end}, because {written.text}.")
