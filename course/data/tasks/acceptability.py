"""Is it good English? Columns: text, label (1 acceptable, 0 not), kind, reason.

Every sentence that is not acceptable stands beside one that is and differs from it in the form or the place of one word
or phrase; both are in the same split. `kind` names what goes wrong in one of the two:

agreement   subject and verb        modal       the form after "can"         tense        the form after "did not"
participle  the form after "was"    article     "a" or "an"                  determiner   two before one noun, none before another
number      "these" and its noun    comparison  "not so old as", "older than"    pronoun      "he" or "him"
missing     a verb, or "that"       order       two words change places

Each form is right in one surrounding and wrong in another, both as often ("the cats ... sleep", "the cat ... sleeps"), so that no
word is worth anything alone. Animals, jobs, tools and people of one split are in no other.
"""

from collections.abc import Callable
from typing import NamedTuple

from course.data.dice import Dice
from course.data.english import capitalised, with_article
from course.data.lexicon import ANIMALS, FEEDING, JOBS, Animal, Job
from course.data.microworld import microworld
from course.data.passages import PARTS
from course.data.tasks import Row
from course.data.things import Person

SIZES = {"train": 8_800, "validation": 880, "test": 880}
_FRAMES = (
    "{s}", "{s}", "everyone knows that {s}", "my aunt says that {s}", "it is true that {s}", "I think that {s}",
    "they told us that {s}", "{s}, as far as I know",
)  # fmt: skip
_BESIDE = (
    "near the {other}", "behind the {other}", "beside the {other}", "next to the {other}", "in front of the {other}",
)  # fmt: skip
_MEETINGS = (
    "met {o} at the station", "saw {o} at the market", "thanked {o} for the soup", "invited {o} to dinner",
    "asked {o} for help", "showed {o} the way", "wrote {o} a long letter", "heard {o} in the next room",
)  # fmt: skip
_PRONOUNS = (("he", "him"), ("she", "her"), ("they", "them"), ("we", "us"), ("I", "me"))
_PUTTING = (
    "put {x} into {y}", "left {x} in {y}", "carried {x} to {y}", "found {x} near {y}", "kept {x} in {y}",
    "lost {x} behind {y}", "forgot {x} in {y}",
)  # fmt: skip
_ROOMS = ("house", "garden", "kitchen", "shed", "attic", "boat", "shop")
_WITH_ARTICLE = (
    "there is {x} behind the house", "{name} has painted {x} in the evening", "we have a picture of {x} at home",
    "{name} was looking for {x} all day", "I have never seen {x} in the street", "the story is about {x} in the rain",
    "{name} has written a poem about {x}",
)  # fmt: skip
_WITH_NOUN = (
    "we found {x} near the station", "{name} was very fond of {x}", "{name} looked for {x} all day",
    "I saw {x} in the garden", "the children watched {x} after lunch", "{name} would never leave {x} alone",
)  # fmt: skip
_DETERMINERS = (("this", "these"), ("that", "those"), ("one", "four"), ("every", "both"))
_TENDER = ("little", "hungry", "tired", "old", "brown")
# the plain form and the comparative, parted between the splits
_DEGREES = (
    ("old", "older"), ("heavy", "heavier"), ("clean", "cleaner"), ("small", "smaller"), ("strong", "stronger"),
    ("light", "lighter"), ("long", "longer"), ("short", "shorter"),
)  # fmt: skip
_ASKING = (
    "where does {name} live",
    "what does {name} eat",
    "when does {name} get up",
    "why does {name} laugh",
)


class Pair(NamedTuple):
    """A sentence that is acceptable and one that is not, both without capital and full stop, and why."""

    good: str
    bad: str
    why: str
    why_not: str
    mark: str = "."


class Words(NamedTuple):
    """What the sentences of one split are about; nothing of it is in another split. degrees: (old, older) and such."""

    animals: tuple[Animal, ...]
    jobs: tuple[Job, ...]
    people: tuple[Person, ...]
    degrees: tuple[tuple[str, str], ...]


def words(seed: int, split: str) -> Words:
    """16 / 4 / 4 animals, 8 / 2 / 2 jobs with their tools, 72 / 12 / 12 people, 4 / 2 / 2 adjectives for train, validation, test.

    Left out: sheep and deer, whose plural is their singular.
    """
    dice = Dice(seed, "acceptability words")
    world = microworld(seed)
    low, high = (len(world.people) * part // 8 for part in PARTS[split])
    animals = _parted(dice, [animal for animal in ANIMALS if animal.plural != animal.name], split, (16, 20))
    return Words(
        animals, _parted(dice, JOBS, split, (8, 10)), world.people[low:high],
        {"train": _DEGREES[:4], "validation": _DEGREES[4:6], "test": _DEGREES[6:]}[split],
    )  # fmt: skip


def _parted(dice: Dice, items: list, split: str, cuts: tuple[int, int]) -> tuple:
    """A split's share, from train's up to cuts[0] to test's from cuts[1] on. Each gets a noun that takes "an", if they go round."""
    vowel = [item for item in dice.shuffled(items) if item.name[0] in "aeiou"]
    rest = [item for item in dice.shuffled(items) if item.name[0] not in "aeiou"]
    test, validation = vowel[:1], vowel[1:2] if len(vowel) > 2 else []
    train = vowel[len(test) + len(validation) :]
    need = {"train": cuts[0] - len(train), "validation": cuts[1] - cuts[0] - len(validation)}
    shares = {
        "train": train + rest[: need["train"]],
        "validation": validation + rest[need["train"] : need["train"] + need["validation"]],
        "test": test + rest[need["train"] + need["validation"] :],
    }
    return tuple(shares[split])


# --- one pair of each kind -------------------------------------------------------------------------------------------
def _habit(dice: Dice, animal: Animal) -> tuple[str, str]:
    """What such an animal does: (after a singular, after a plural)."""
    feed = dice.pick(FEEDING[animal.diet])
    at = f"in the {animal.den}"
    return dice.pick(
        (
            (feed.present, feed.base),
            (f"sleeps {at}", f"sleep {at}"),
            (f"eats {animal.diet}", f"eat {animal.diet}"),
        )
    )


def _agreement(dice: Dice, words: Words) -> Pair:
    one, other = dice.pair(words.animals)
    many = dice.below(2)
    noun = (one.name, one.plural)[many]
    # the noun next to the verb says nothing about it
    beside = dice.pick(_BESIDE).format(other=dice.pick((other.name, other.plural)))
    forms = _habit(dice, one)
    good, bad = forms[many], forms[1 - many]
    number = ("singular", "plural")
    return Pair(
        f"the {noun} {beside} {good}", f"the {noun} {beside} {bad}",
        f"The subject '{noun}' is {number[many]}, and so is the verb '{_verb(good)}'.",
        f"The subject '{noun}' is {number[many]}, but the verb '{_verb(bad)}' is {number[1 - many]}.",
    )  # fmt: skip


def _verb(phrase: str) -> str:
    return phrase.split()[0]


def _form(
    dice: Dice,
    words: Words,
    start: tuple[str, str],
    forms: tuple[str, str],
    between: str,
    why: tuple[str, str],
) -> Pair:
    """After start[i] comes the deed in forms[i], for the reason why[i]; in the other form it is wrong."""
    job, i = dice.pick(words.jobs), dice.below(2)
    deed = vars(dice.pick([deed for deed in job.deeds if deed.past != deed.base]))
    good, bad = deed[forms[i]], deed[forms[1 - i]]
    head = f"the {job.name} {start[i]} {between}"
    reason = f"{why[i].format(start=start[i], job=job.name)}: '{_verb(good)}'"
    return Pair(
        f"{head} {good}",
        f"{head} {bad}",
        f"{capitalised(reason)}.",
        f"{capitalised(reason)}, not '{_verb(bad)}'.",
    )


def _modal(dice: Dice, words: Words) -> Pair:
    start = dice.pick(("can", "must", "will", "should")), dice.pick(("very", "quite", "rather", "too"))
    why = "after '{start}' stands the plain form", "there is no modal verb, so the verb goes with '{job}'"
    return _form(dice, words, start, ("base", "present"), dice.pick(("often", "seldom")), why)


def _tense(dice: Dice, words: Words) -> Pair:
    why = "after '{start}' stands the plain form", "there is no 'did', so the verb itself is in the past"
    return _form(
        dice, words, ("did not", "never"), ("base", "past"), dice.pick(("really", "even", "quite")), why
    )


def _participle(dice: Dice, words: Words) -> Pair:
    start = dice.pick((("was", "could"), ("is", "can")))
    why = "after '{start}' stands the form with -ing", "after '{start}' stands the plain form"
    return _form(dice, words, start, ("ing", "base"), dice.pick(("still", "just", "also")), why)


def _article(dice: Dice, words: Words) -> Pair:
    nouns = [animal.name for animal in words.animals]
    nouns += [noun for job in words.jobs for noun in (job.name, *job.tools)]
    vowel = dice.chance(0.5)
    noun = dice.pick([noun for noun in nouns if (noun[0] in "aeiou") is vowel])
    good = with_article(noun)
    bad = f"{'a' if good.startswith('an ') else 'an'} {noun}"
    text = dice.pick(_WITH_ARTICLE).replace("{name}", dice.pick(words.people).name)
    why = f"'{noun}' begins with the sound of a {'vowel' if vowel else 'consonant'} and takes '{good.split()[0]}'"
    return Pair(text.format(x=good), text.format(x=bad), f"{why}.", f"{why}, not '{bad.split()[0]}'.")


def _determiner(dice: Dice, words: Words) -> Pair:
    person, room = dice.pick(words.people), dice.pick(_ROOMS)
    tool = dice.pick(dice.pick(words.jobs).tools)
    the, his = dice.shuffled(("the", "his" if person.he == "he" else "her"))
    text = f"{person.name} {dice.pick(_PUTTING)}"
    x, y = (f"{the} {his} {tool}", room) if dice.chance(0.5) else (tool, f"{the} {his} {room}")
    twice, none = (tool, room) if y == room else (room, tool)
    return Pair(
        text.format(x=f"{the} {tool}", y=f"{his} {room}"), text.format(x=x, y=y),
        f"'{tool}' and '{room}' have one determiner each.",
        f"'{twice}' has two determiners, '{the} {his}', and '{none}' has none.",
    )  # fmt: skip


def _number(dice: Dice, words: Words) -> Pair:
    animal, many = dice.pick(words.animals), dice.below(2)
    determiner = dice.pick(_DETERMINERS)[many]
    nouns, number = (animal.name, animal.plural), ("singular", "plural")
    text = dice.pick(_WITH_NOUN).replace("{name}", dice.pick(words.people).name)
    start = f"{determiner} {dice.pick(_TENDER)}"
    why = f"'{determiner}' takes a {number[many]}"
    return Pair(
        text.format(x=f"{start} {nouns[many]}"), text.format(x=f"{start} {nouns[1 - many]}"),
        f"{why}, and '{nouns[many]}' is one.", f"{why}, but '{nouns[1 - many]}' is a {number[1 - many]}.",
    )  # fmt: skip


def _comparison(dice: Dice, words: Words) -> Pair:
    plain, more = dice.pick(words.degrees)
    x, y = dice.pair([tool for job in words.jobs for tool in job.tools])
    name = dice.pick(words.people).name
    start, good, bad = dice.pick(((f"not so {plain}", "as", "than"), (more, "than", "as")))
    text = f"the {x} of {name} is {start} {{}} the {y}"
    why = f"'{start}' is followed by '{good}'"
    return Pair(text.format(good), text.format(bad), f"{why}.", f"{why}, not by '{bad}'.")


def _pronoun(dice: Dice, words: Words) -> Pair:
    forms, name, meeting = dice.pick(_PRONOUNS), dice.pick(words.people).name, dice.pick(_MEETINGS)
    i = dice.below(2)
    good, bad = (
        f"{form} {meeting.format(o=name)}" if i == 0 else f"{name} {meeting.format(o=form)}"
        for form in (forms[i], forms[1 - i])
    )
    role = ("subject", "object")[i]
    return Pair(
        good, bad, f"'{forms[i]}' is the {role} here, and that is its form.",
        f"The {role} would have to be '{forms[i]}', not '{forms[1 - i]}'.",
    )  # fmt: skip


def _missing(dice: Dice, words: Words) -> Pair:
    one, other = dice.pair(words.animals)
    subject = f"the {one.name} {dice.pick(_BESIDE).format(other=other.name)}"
    (first, _), (second, _) = _habit(dice, one), _habit(dice, one)
    while _verb(first) == _verb(second):
        second, _ = _habit(dice, one)
    whole, clause = f"{subject} that {first} {second}", f"{subject} {first}"
    if dice.chance(0.5):
        return Pair(
            whole, f"{subject} that {first}", f"The subject has its verb, '{_verb(second)}'.",
            f"'{_verb(first)}' belongs to 'that', and the subject '{one.name}' has no verb.",
        )  # fmt: skip
    return Pair(
        clause, f"{clause} {second}", f"The subject has its verb, '{_verb(first)}'.",
        f"There are two verbs, '{_verb(first)}' and '{_verb(second)}', and nothing that joins them.",
    )  # fmt: skip


def _order(dice: Dice, words: Words) -> Pair:
    if dice.chance(0.4):
        name = dice.pick(words.people).name
        good = dice.pick(_ASKING).format(name=name)
        bad = good.replace(f"does {name}", f"{name} does")
        return Pair(
            good,
            bad,
            f"In a question 'does' stands before '{name}'.",
            f"'does' stands after '{name}', but this is a question.",
            "?",
        )
    one, other = dice.pair(words.animals)
    adjective = dice.pick(_TENDER)
    beside = dice.pick(_BESIDE).format(other=other.name)
    good = f"the {adjective} {one.name} {beside} {_habit(dice, one)[0]}"
    where = beside.removesuffix(f" the {other.name}").split()[-1]
    first, second = dice.pick(((adjective, one.name), (where, "the"), ("the", other.name)))
    # the last "the" is the one before the other noun
    place = good.rindex(f"{first} {second}", 0, len(f"the {adjective} {one.name} {beside}"))
    bad = f"{good[:place]}{second} {first}{good[place + len(first) + 1 + len(second) :]}"
    return Pair(
        good,
        bad,
        f"'{first}' stands before '{second}'.",
        f"'{second}' stands before '{first}', where it should come after it.",
    )


MAKERS: dict[str, Callable[[Dice, Words], Pair]] = {
    "agreement": _agreement, "modal": _modal, "tense": _tense, "participle": _participle, "article": _article,
    "determiner": _determiner, "number": _number, "comparison": _comparison, "pronoun": _pronoun, "missing": _missing,
    "order": _order,
}  # fmt: skip


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """As many rows of each kind, half of them acceptable; a sentence and its wrong twin are in one split, no text twice."""
    dice, those = Dice(seed, "acceptability", split), words(seed, split)
    kinds = tuple(MAKERS)
    rows: dict[str, Row] = {}
    while (i := len(rows) // 2) < (n or SIZES[split]) // 2:
        kind = kinds[i % len(kinds)]
        pair = MAKERS[kind](dice, those)
        frame = "{s}" if pair.mark == "?" else dice.pick(_FRAMES)
        good, bad = (f"{capitalised(frame.format(s=s))}{pair.mark}" for s in (pair.good, pair.bad))
        if good not in rows and bad not in rows:
            rows[good] = {"text": good, "label": 1, "kind": kind, "reason": pair.why}
            rows[bad] = {"text": bad, "label": 0, "kind": kind, "reason": pair.why_not}
    return dice.shuffled(list(rows.values()))
