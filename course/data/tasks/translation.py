"""English sentences and their Esperanto. Columns: english, esperanto, reason (word by word, with the endings apart).

The rules a translation follows: nouns end in -o, adjectives in -a, adverbs in -e; -j when there are several; -n on the
object and on its adjectives, never after a preposition or after "esti"; verbs end in -as, -is, -os or -i for all
persons; "la" is the only article; "ne" stands before the verb; a question begins with "Ĉu"; mal- makes the opposite, -in-
the female, -id- the young, -et- what is tiny, -eg- what is huge, -ist- who does it for a living. One English sentence has
one translation.

What is held out is the combination: an adjective with its noun, a subject with its verb. Every such pair of a test
sentence is in no sentence of the other splits, while every word of it is in train.
"""

from functools import lru_cache

from course.data import esperanto as eo
from course.data.dice import Dice
from course.data.english import capitalised, with_article
from course.data.microworld import microworld
from course.data.tasks import Row

SIZES = {"train": 8000, "validation": 800, "test": 800}

Piece = tuple[str, str]  # English words, Esperanto morphemes; one of the two may be ""
_LIVING = eo.PEOPLE + eo.ANIMALS
_PLACES = tuple(n for n in eo.NOUNS if n.kind in ("place", "spot"))
_WHERE = tuple(
    (word, said, tuple(n for n in _PLACES if n.kind in kinds or n.one in kinds))
    for word, said, kinds in eo.WHERE
)
_FOLK = tuple(n for n in eo.NOUNS if n.kind in eo.PEOPLE)
_GOING = ("run", "walk", "travel", "swim")  # to a place
_GIVING = ("buy", "cook", "draw", "paint", "bring", "choose")  # for someone
_SHARED = ("play", "dance", "sing", "work", "eat", "wait")  # with someone or without
_NUMBERS, _OWNERS, _SIZES, _OFTEN = (tuple(d.items()) for d in (eo.NUMBERS, eo.OWNERS, eo.SIZES, eo.OFTEN))
_COUNTED = tuple(n for n in eo.NOUNS if n.many)


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Pairs of sentences, no English sentence twice; each of a held-out split has at least one held-out combination."""
    microworld(seed)
    author = _Author(seed, split)
    rows: dict[str, Row] = {}
    while len(rows) < (n or SIZES[split]):
        row = author.row()
        if split == "train" or (author.pairs and _words(row) <= _seen(seed)):
            rows.setdefault(row["english"], row)
    return author.dice.shuffled(list(rows.values()))


def _words(row: Row) -> set[str]:
    """The words of both sentences, in their forms."""
    return {word for column in ("english", "esperanto") for word in row[column][:-1].lower().split()}


@lru_cache(maxsize=4)
def _seen(seed: int) -> frozenset[str]:
    """The words of train; a held-out sentence has no others."""
    return frozenset(word for row in make("train", seed) for word in _words(row))


class _Author:
    """Writes sentences of one split. `pairs`: how many combinations the last row has that only its split may have."""

    def __init__(self, seed: int, split: str):
        self.dice = Dice(seed, "translation", split)
        order = Dice(seed, "translation", "order")
        parts = {"train": range(8), "validation": (8,), "test": (9,)}[split]
        nouns = {noun: i for i, noun in enumerate(order.shuffled(eo.NOUNS))}

        def fitting(words, fits):
            """Noun -> those of the words that fit it and go with it in this split: a tenth of the pairs each part."""
            at = {word: i for i, word in enumerate(order.shuffled(words))}
            return {
                noun: tuple(w for w in words if fits(noun, w) and (i + at[w]) % 10 in parts)
                for noun, i in nouns.items()
            }

        self.adjectives = fitting(eo.ADJECTIVES, lambda noun, adjective: noun.kind in adjective[2])
        self.verbs = fitting(eo.VERBS, lambda noun, verb: noun.kind in verb.subjects)
        jobs = tuple(n for n in eo.NOUNS if n.kind == "job")
        trades = fitting(jobs, lambda noun, job: noun.kind == "man" and noun.one != "king")
        # what is said with "is": pairs of a noun and a job, and of a noun that has a plural and an adjective
        self.trades = [(noun, job) for noun, found in trades.items() for job in found]
        self.properties = [(n, adjective) for n in _COUNTED for adjective in self.adjectives[n]]
        self.subjects = [n for n in _COUNTED if n.kind in _LIVING and self.verbs[n]]
        self.objects = {verb: [n for n in eo.NOUNS if n.kind in verb.objects] for verb in eo.VERBS}

    def row(self) -> Row:
        dice = self.dice
        self.pairs = 0
        form = dice.below(10)
        pieces, end = self._being() if form < 2 else self._doing(modal=form == 2)
        english = capitalised(" ".join(e for e, _ in pieces if e)) + end
        esperanto = capitalised(" ".join(eo.written(m) for _, m in pieces if m)) + end
        glosses = ", ".join(f"{m or '(nothing)'} = {e or '(said before)'}" for e, m in pieces)
        return {"english": english, "esperanto": esperanto, "reason": f"Word by word: {glosses}."}

    # --- sentences -------------------------------------------------------------------------------------------------
    def _doing(self, modal: bool) -> tuple[list[Piece], str]:
        """Someone does something: told, denied, asked, or wanted."""
        dice = self.dice
        subject, third, noun = self._subject()
        verb = dice.pick(self.verbs[noun] if noun else eo.VERBS)
        self.pairs += noun is not None
        tense = dice.pick(("present", "present", "past", "past", "future"))
        if modal:
            return self._modal(subject, third, verb, noun), "."
        form = dice.below(8)  # 0: a question, 1: a denial, else a statement
        if form > 1 and tense != "future" and verb.base == verb.past and (tense == "past" or not third):
            tense = "future"  # "they cut" could be either
        inflected = eo.verb(verb.stem, tense)
        help_ = {"past": "did", "future": "will"}.get(tense) or ("does" if third else "do")
        plain = (
            verb.past if tense == "past" else f"will {verb.base}" if tense == "future"
            else verb.third if third else verb.base
        )  # fmt: skip
        if form == 0:
            pieces = [(help_, "ĉu"), *subject, (verb.base, inflected)]
        elif form == 1:
            pieces = [*subject, (f"{help_} not", "ne"), (verb.base, inflected)]
        elif tense != "future" and dice.chance(0.1):
            word, stem = dice.pick(_OFTEN)
            pieces = [*subject, (word, eo.adverb(stem)), (plain, inflected)]
        else:
            pieces = [*subject, (plain, inflected)]
        return pieces + self._rest(verb, noun, tense), "?" if form == 0 else "."

    def _modal(self, subject: list[Piece], third: bool, verb: eo.Verb, noun: eo.Noun | None) -> list[Piece]:
        """want to, can, must, like to, with an infinitive."""
        base, she, past, stem = self.dice.pick(eo.MODALS)
        tense = self.dice.pick(("present", "past"))
        said = past if tense == "past" else she if third else base
        infinitive = (verb.base, eo.verb(verb.stem, "infinitive"))
        return [*subject, (said, eo.verb(stem, tense)), infinitive, *self._rest(verb, noun, tense)]

    def _being(self) -> tuple[list[Piece], str]:
        """Something is so, or someone is something; nothing here takes -n."""
        dice = self.dice
        tense = dice.pick(("present", "past", "future"))
        plural = dice.chance(0.4)
        kind = dice.below(4)
        if kind == 0:  # my uncle is a doctor, the boys are not doctors
            noun, job = dice.pick(self.trades)
            subject = self._named(noun, plural, adjective=False, definite=True)
            said = [(job.many if plural else with_article(job.one), eo.noun(job.stem, plural))]
        else:
            noun, (word, stem, _) = dice.pick(self.properties)
            subject = self._named(noun, plural, adjective=False, definite=True)
            said = [(word, eo.adjective(stem, plural))]
        self.pairs += 1
        is_ = {
            "present": "are" if plural else "is",
            "past": "were" if plural else "was",
            "future": "will be",
        }[tense]
        esti = eo.verb("est", tense)
        form = dice.below(6)
        if form == 0 and tense != "future":
            return [(is_, "ĉu"), *subject, ("", esti), *said], "?"
        if form == 0:
            return [("will", "ĉu"), *subject, ("be", esti), *said], "?"
        if form == 1:
            denied = "will not" if tense == "future" else f"{is_} not"
            return [*subject, (denied, "ne"), ("be" if tense == "future" else "", esti), *said], "."
        return [*subject, (is_, esti), *said], "."

    # --- parts of sentences ----------------------------------------------------------------------------------------
    def _subject(self) -> tuple[list[Piece], bool, eo.Noun | None]:
        """Its pieces, whether its verb has the -s of the third person, and the noun (None for a pronoun)."""
        dice = self.dice
        if dice.chance(0.2):
            she, _, pronoun = dice.pick(eo.PRONOUNS)
            return [(she, pronoun)], she in ("he", "she"), None
        noun, plural = dice.pick(self.subjects), dice.chance(0.4)
        return self._named(noun, plural), not plural, noun

    def _named(
        self,
        noun: eo.Noun,
        plural: bool,
        accusative: bool = False,
        adjective: bool = True,
        definite: bool = False,
    ) -> list[Piece]:
        """A noun with an article, an owner or a number, and now and then an adjective or a suffix for its size."""
        dice = self.dice
        plural = plural and bool(noun.many)
        stem, words, said = noun.stem, [], noun.many if plural else noun.one
        if adjective and self.adjectives[noun] and dice.chance(0.5):
            word, root, _ = dice.pick(self.adjectives[noun])
            words = [(word, eo.adjective(root, plural, accusative))]
            self.pairs += 1
        elif adjective and noun.kind in ("animal", "thing") and "-" not in stem and dice.chance(0.2):
            size, suffix = dice.pick(_SIZES)
            stem, said = f"{stem}-{suffix}", f"{size} {said}"
        words.append((said, eo.noun(stem, plural, accusative)))
        kind = dice.below(10)
        if kind < 2:
            owner, root = dice.pick(_OWNERS)
            return [(owner, eo.adjective(root, plural, accusative)), *words]
        if definite or kind < 6:
            return [("the", "la"), *words]
        if not noun.many:
            return words
        if plural and kind < 8:
            return [dice.pick(_NUMBERS), *words]
        if plural:
            return [("many", eo.adjective("mult", plural, accusative)), *words]
        first = with_article(words[0][0])
        return [(first, words[0][1]), *words[1:]]

    def _rest(self, verb: eo.Verb, noun: eo.Noun | None, tense: str) -> list[Piece]:
        """What comes after the verb: the object, how, where or with whom, and when; never nothing."""
        dice = self.dice
        pieces: list[Piece] = []
        if verb.objects and noun and set(verb.objects) & set(_LIVING) and dice.chance(0.15):
            _, her, pronoun = dice.pick(eo.PRONOUNS)
            pieces = [(her, f"{pronoun}-n")]
        elif verb.objects:
            thing = dice.pick(self.objects[verb])
            while thing is noun:
                thing = dice.pick(self.objects[verb])
            pieces = self._named(thing, dice.chance(0.4), accusative=True)
        how = bool(verb.adverbs) and dice.chance(0.3)
        where = dice.chance(0.25) or not (pieces or how)
        if how:
            word = dice.pick(verb.adverbs)
            pieces.append((word, eo.adverb(eo.ADVERBS[word])))
        if where:
            pieces += self._place(verb)
        if not (how and where) and dice.chance(0.2):
            pieces.append(eo.DAYS[tense])
        return pieces

    def _place(self, verb: eo.Verb) -> list[Piece]:
        """A preposition and what goes with it, without -n."""
        dice = self.dice
        if verb.base in _GOING and dice.chance(0.5):
            places = [n for n in _PLACES if n.kind == "place"]
            return [("to", "al"), *self._named(dice.pick(places), False, definite=True)]
        if verb.base in _GIVING and dice.chance(0.6):
            return [("for", "por"), *self._named(dice.pick(_FOLK), dice.chance(0.3), definite=True)]
        if verb.base in _SHARED and dice.chance(0.6):
            pair = dice.pick((("with", "kun"), ("without", "sen")))
            return [pair, *self._named(dice.pick(_FOLK), dice.chance(0.3), definite=True)]
        word, said, places = dice.pick(_WHERE)
        return [(word, said), *self._named(dice.pick(places), False, definite=True)]
