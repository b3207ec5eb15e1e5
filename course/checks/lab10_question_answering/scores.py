"""The checks of `normalize_answer`, `exact_match` and `f1_score`: short texts by hand, and for each usual mistake what it makes of them."""

import functools
import re
import string
import unicodedata
from collections import Counter
from dataclasses import dataclass

from .. import args, require
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab

SIGNS = str.maketrans("", "", string.punctuation)
WORDS = r"\b(a|an|the)\b"
NEAR = 1e-6


# --- normalising, and its mistakes -----------------------------------------------------------------------------------------------
def lower(text):
    return text.lower()


def unsigned(text):
    return text.translate(SIGNS)


def bare(text):
    """Without articles."""
    return re.sub(WORDS, " ", text)


def mended(text):
    return " ".join(text.split())


def in_turn(*steps):
    """One function out of several."""

    def all_of_them(text):
        for step in steps:
            text = step(text)
        return text

    return all_of_them


STEPS = (lower, unsigned, bare, mended)
normalized = functools.lru_cache(maxsize=20_000)(in_turn(*STEPS))


def instead(old, new):
    """`normalized` with one step exchanged."""
    return in_turn(*(new if step is old else step for step in STEPS))


def by_words(text):
    return " ".join(word for word in text.split(" ") if word not in ("a", "an", "the"))


def spaced(text):
    return text.translate(str.maketrans(dict.fromkeys(string.punctuation, " ")))


def all_signs(text):
    return "".join(
        c for c in text if not unicodedata.category(c).startswith("P") and c not in string.punctuation
    )


def plain_letters(text):
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


ORDER = "The order counts: small letters, then signs, then articles, then white space"
SLIPS = (
    (lambda text: text, "Nothing has been done to it"),
    (in_turn(unsigned, bare, mended), "Capitals are still there"),
    (in_turn(unsigned, bare, mended, lower), "Articles with a capital are still there: small letters come first"),
    (in_turn(lower, bare, mended), "Signs of `string.punctuation` are still there"),
    (in_turn(lower, unsigned, mended), "The articles are still there"),
    (in_turn(lower, unsigned, bare), "White space is left: one blank between words, and none around"),
    (instead(mended, str.strip), "Only the white space *around* is mended; between words one blank is left"),
    (instead(mended, lambda text: re.sub(r"\s+", " ", text)), "A blank is left at the beginning or the end"),
    (instead(mended, lambda text: re.sub(" +", " ", text).strip()), "Blanks are not the only white space: there are tabs and line breaks"),
    (instead(mended, lambda text: "".join(text.split())), "One blank stays between words"),
    (instead(unsigned, spaced), "A blank has taken a sign's place; nothing is put there, so that “well-known” becomes one word"),
    (instead(unsigned, lambda text: text.rstrip(".,!?")), "Signs are taken away wherever they stand, and not at the end alone"),
    (instead(unsigned, lambda text: re.sub(r"[.,!?;:]", "", text)), "All 32 signs of `string.punctuation` are taken away; some are left"),
    (instead(unsigned, lambda text: re.sub(r"[^\w\s]", "", text)), "Only the 32 signs of `string.punctuation` are taken away (`_` is one, “ and – are none)"),
    (instead(unsigned, lambda text: re.sub(f"[{string.punctuation}]", "", text)), "The backslash is still there: between [ and ] of a regular expression it stands for itself only where it is escaped (`re.escape`)"),
    (instead(unsigned, all_signs), "Only the 32 signs of `string.punctuation` are taken away; others, as “ and –, stay"),
    (in_turn(*STEPS, lambda text: text.replace("-", "")), "Only the 32 signs of `string.punctuation` are taken away"),
    (instead(bare, lambda text: re.sub("(a|an|the)", " ", text)), "Letters have gone out of the middle of words: only the *words* a, an and the go"),
    (instead(bare, lambda text: text.replace("the", " ").replace("an", " ").replace("a", " ")), "Letters have gone out of the middle of words: only the *words* a, an and the go"),
    (instead(bare, lambda text: re.sub(r"\b(a|an|the) ", "", text)), "An article at the end stays: it is followed by no blank"),
    (instead(bare, lambda text: re.sub(r"^(a|an|the)\b", "", text)), "Only an article at the beginning is taken away; they go wherever they stand"),
    (instead(bare, lambda text: re.sub(r"\b(a|the)\b", " ", text)), "There are three articles: a, an and the"),
    (instead(bare, lambda text: re.sub(r"\bthe\b", " ", text)), "There are three articles: a, an and the"),
    (instead(bare, by_words), "By `\\b` a word also ends at a sign that has stayed, such as –"),
    (instead(bare, lambda text: re.sub(WORDS, "", text)), "Where an article goes, a blank stays: else the words on its two sides may become one"),
    (in_turn(lower, bare, unsigned, mended), ORDER), (in_turn(bare, lower, unsigned, mended), ORDER),
    (in_turn(lower, unsigned, mended, bare), "White space is mended last: where an article was, a blank too many is left"),
    (in_turn(lower, bare, mended, unsigned), ORDER),
    (in_turn(*STEPS, plain_letters), "Letters with accents are letters: they stay as they are"),
    (in_turn(*STEPS, lambda text: re.sub(r"\d", "", text)), "Digits stay"),
    (lambda text: normalized(text).split(), "It returns one string; the words are split elsewhere"),
    (lambda text: normalized(text.lstrip()).title(), "Capitals are still there"),
    (lambda text: "", "Nothing is left of it"),
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A text to normalise. story: what is special about it; told: whether a message may show it."""

    text: str
    story: str
    told: bool = True

    def begin(self):
        return f"{self.story}: normalize_answer({self.text!r})" if self.told else f"{self.story}: normalize_answer"  # fmt: skip


def slips_of_text(case):
    """Triples, as `judge_groups` takes them."""
    found = [(slip(case.text), said) for slip, said in SLIPS]
    return [((lambda got, wrong=wrong: got == wrong), wrong != normalized(case.text), said) for wrong, said in found]  # fmt: skip


def require_normalized(got, case, slips):
    """Require what normalising makes of a case."""
    truth = normalized(case.text)
    require(isinstance(got, str), "{begin} should give a str; yours gives {what}.", begin=case.begin(), what=describe(got))  # fmt: skip
    said = known_of(got, slips)
    require(
        got == truth,
        "{begin} gives {got}{truth}.{said}",
        begin=case.begin(),
        got=repr(got) if case.told else "something else",
        truth=f", and should give {truth!r}" if case.told else "",
        said=f" {ended(said)}" if said else "",
    )


def judge_normalized(student, plain, parts):
    """All that is asked of normalize_answer. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda case: args(case.text), story=lambda case: f"{case.begin()} fails.",
        requirement=require_normalized, slips=slips_of_text,
    )  # fmt: skip


PLAIN = [
    Written("Red Fish", "Capitals"),
    Written("the red fish", "An article in front"),
    Written("red fish.", "A full stop"),
    Written("The Red, red FISH!", "All at once"),
    Written("1,024", "A number with a sign in it"),
]
SIGNED = [
    Written("a well-known mother-in-law", "Signs within words"),
    Written("(o'clock) $5 @ 50% #1 x_y [z] ~ ^ | \\ / {q} <b> = + & * ` \"", "All kinds of signs"),
    Written("“Red” – it's fish…", "Signs that are not among the 32"),
    Written("!?.", "Nothing but signs"),
]
ARTICLES = [
    Written("theatre, panther and data", "Articles within words"),
    Written("give an apple to the", "Articles in the middle and at the end"),
    Written("A.N. Other", "A name that becomes an article without its points"),
    Written("vitamin–a–b and b", "An article between signs that stay"),
    Written("The a an", "Nothing but articles"),
]
WHITE = [
    Written("  red \t fish\n", "White space of all kinds"),
    Written("red the  fish", "An article between blanks"),
    Written("Zoë's café\u00a0noir", "Letters with accents, and a blank that does not break"),
    Written("", "An empty text"),
]


def normalized_parts(signed, articles, white):
    return {"signs": (0.5, signed), "articles": (0.5, articles), "white space": (0.5, white)}


@lab.check(points=2, returns=(str,))
def normalize_answer(student):
    judge_normalized(student, PLAIN, normalized_parts(SIGNED, ARTICLES, WHITE))


# --- exact match and F1 ------------------------------------------------------------------------------------------------------------
def kept(references):
    """The references as they are compared."""
    return [text for text in map(normalized, references) if text] or [""]


def true_match(said, references):
    return float(normalized(said) in kept(references))


def f1_of(a, b):
    """F1 of two lists of words."""
    if not a or not b:
        return float(a == b)
    same = sum((Counter(a) & Counter(b)).values())
    return 2 * same / (len(a) + len(b))


def true_f1(said, references):
    return max(f1_of(normalized(said).split(), text.split()) for text in kept(references))


def _against(measure, said, references):
    """measure(words said, words of a reference) for each reference."""
    return [measure(normalized(said).split(), text.split()) for text in kept(references)]


def _common(a, b):
    return sum((Counter(a) & Counter(b)).values())


def _harmonic(p, r):
    return _or_zero(2 * p * r, p + r)


def _or_zero(above, below):
    return above / below if below else 0.0


NOTHING_SAID = "Without any reference it is right to say nothing, and wrong to say something"
EMPTY = "References of which nothing is left when they are normalised do not count"
SHARED_SLIPS = (  # said, references, the true measure -> a wrong number
    (lambda s, r, m: m(s, r[:1]), "Only the first reference counts with you; the best of all does"),
    (lambda s, r, m: m(s, r[-1:]), "Only the last reference counts with you; the best of all does"),
    (lambda s, r, m: min([m(s, [x]) for x in r] or [0.0]), "That is the worst of the references; the best counts"),
    (lambda s, r, m: sum(m(s, [x]) for x in r) / max(len(r), 1), "That is the mean over the references; the best counts"),
    (lambda s, r, m: 0.0 if not kept(r)[0] else m(s, r), NOTHING_SAID),
    (lambda s, r, m: 1.0 if not kept(r)[0] else m(s, r), NOTHING_SAID),
    (lambda s, r, m: 0.0 if not normalized(s) else m(s, r), NOTHING_SAID),
    (lambda s, r, m: 1.0 if not normalized(s) else m(s, r), "To say nothing is right only where there is no reference"),
    (lambda s, r, m: float(not s) if not r else m(s, r), "What was said counts as empty when nothing is left of it, normalised"),
    (lambda s, r, m: max(m(s, r), float(not normalized(s) and any(not normalized(x) for x in r))), EMPTY),
    (lambda s, r, m: 0.0 if r and not kept(r)[0] else m(s, r), f"{EMPTY}; where none are left it is as if there were none"),
    (lambda s, r, m: 100 * m(s, r), "That is per cent"),
    (lambda s, r, m: 1 - m(s, r), "That is turned round: 1 is right, 0 is wrong"),
)  # fmt: skip
MATCH_SLIPS = (
    (lambda s, r: float(s in r), "The texts are compared as they are; compare what `normalize_answer` makes of them, on both sides. Or is it not right yet?"),
    (lambda s, r: float(s.strip().lower() in [x.strip().lower() for x in r]), "The texts are compared as they are, but for capitals; compare what `normalize_answer` makes of them, on both sides. Or is it not right yet?"),
    (lambda s, r: float(normalized(s) in r), "What was said is normalised, and the references are not; both are"),
    (lambda s, r: float(s in kept(r)), "The references are normalised, and what was said is not; both are"),
    (lambda s, r: float(any(normalized(s) in x for x in kept(r))), "A part of a reference is no match; is `in` asked of a string?"),
    (lambda s, r: float(any(x in normalized(s) for x in kept(r))), "A reference within a longer answer is no match"),
    (lambda s, r: float(any(normalized(s) in x or x in normalized(s) for x in kept(r))), "A part is no match; is `in` asked of a string?"),
    (lambda s, r: float(all(normalized(s) == x for x in kept(r))), "That asks for *all* of the references; one is enough"),
    (lambda s, r: float(any(sorted(normalized(s).split()) == sorted(x.split()) for x in kept(r))), "The order of the words counts"),
    (lambda s, r: float(any(set(normalized(s).split()) == set(x.split()) for x in kept(r))), "The order of the words counts, and how often each comes"),
    (lambda s, r: float(true_f1(s, r) > 0), "One word in common is no match"),
    (true_f1, "That is F1; exact match is 1 or 0"),
)  # fmt: skip
F1_SLIPS = (
    (lambda s, r: max(_against(lambda a, b: f1_of(list(set(a)), list(set(b))), s, r)), "A word counts as often as it stands on *both* sides, and not once: `Counter`, and not `set`"),
    (lambda s, r: max(_against(lambda a, b: 2 * len(set(a) & set(b)) / ((len(a) + len(b)) or 1), s, r)), "A word that stands twice on both sides counts twice: `Counter`, and not `set`"),
    (lambda s, r: max(_against(lambda a, b: 2 * sum(x in b for x in a) / ((len(a) + len(b)) or 1), s, r)), "A word that was said twice and stands once in the reference counts *once*"),
    (lambda s, r: max(_against(lambda a, b: 2 * sum(x in a for x in b) / ((len(a) + len(b)) or 1), s, r)), "A word that was said once and stands twice in the reference counts *once*"),
    (lambda s, r: max(_against(lambda a, b: _or_zero(_common(a, b), len(a)), s, r)), "That is precision alone"),
    (lambda s, r: max(_against(lambda a, b: _or_zero(_common(a, b), len(b)), s, r)), "That is recall alone"),
    (lambda s, r: max(_against(lambda a, b: (_or_zero(_common(a, b), len(a)) + _or_zero(_common(a, b), len(b))) / 2, s, r)), "That is the mean of precision and recall; F1 is 2PR / (P + R)"),
    (lambda s, r: max(_against(lambda a, b: _or_zero(_common(a, b), len(a) + len(b)), s, r)), "The 2 is missing: 2PR / (P + R)"),
    (lambda s, r: max(_against(lambda a, b: _or_zero(_common(a, b), len(a)) * _or_zero(_common(a, b), len(b)), s, r)), "That is P times R"),
    (lambda s, r: max(_against(lambda a, b: _or_zero(_common(a, b), len(set(a) | set(b))), s, r)), "That is the share of all words (Jaccard); F1 is 2PR / (P + R)"),
    (lambda s, r: max(f1_of(s.split(), x.split()) for x in r or [""]), "The words are compared as they are; normalise both sides first. Or is `normalize_answer` not right yet?"),
    (lambda s, r: max(f1_of(s.lower().split(), x.lower().split()) for x in r or [""]), "The words are compared as they are, but for capitals; normalise both sides first. Or is `normalize_answer` not right yet?"),
    (lambda s, r: max(f1_of(normalized(s).split(), x.split()) for x in r or [""]), "What was said is normalised, and the references are not; both are"),
    (lambda s, r: max(f1_of(s.split(), x.split()) for x in kept(r)), "The references are normalised, and what was said is not; both are"),
    (lambda s, r: max(f1_of(list(normalized(s)), list(x)) for x in kept(r)), "That counts letters; words are compared"),
    (lambda s, r: max(f1_of(list(normalized(s).replace(" ", "")), list(x.replace(" ", ""))) for x in kept(r)), "That counts letters; words are compared"),
    (lambda s, r: _harmonic(max(_against(lambda a, b: _or_zero(_common(a, b), len(a)), s, r)), max(_against(lambda a, b: _or_zero(_common(a, b), len(b)), s, r))), "The best precision and the best recall are of two references; F1 is of one, and the best of them counts"),
    (lambda s, r: f1_of(normalized(s).split(), max(kept(r), key=lambda x: _common(normalized(s).split(), x.split())).split()), "The best is the one with the largest *F1*, and not the one with the most words in common"),
    (lambda s, r: f1_of(normalized(s).split(), " ".join(x for x in kept(r)).split()), "The references are thrown together; each is compared alone, and the best counts"),
    (lambda s, r: max(_against(lambda a, b: f1_of(a, b) if a and b else 0.0, s, r)), "Where neither side has a word it is 1.0"),
    (lambda s, r: max(_against(lambda a, b: f1_of(a, b) if a and b else 1.0, s, r)), "Where only *one* side has no word it is 0.0"),
    (true_match, "That is exact match"),
    (lambda s, r: max(_against(lambda a, b: 2 * sum(x == y for x, y in zip(a, b, strict=False)) / ((len(a) + len(b)) or 1), s, r)), "Words are compared place by place; a word counts wherever it stands"),
    *((lambda s, r, digits=digits: round(true_f1(s, r), digits), "That is rounded; leave the number as it is") for digits in (1, 2, 3, 4)),
)  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """What was said, and references. story: what is special about them; told: whether a message may show them."""

    said: str
    references: tuple
    story: str
    told: bool = True

    def begin(self, name):
        shown = f": {name}({self.said!r}, {list(self.references)})" if self.told else f": {name}"
        return f"{self.story}{shown}"


def slips_of_score(name, case):
    """Triples, as `judge_groups` takes them."""
    measure, own = (true_match, MATCH_SLIPS) if name == "exact_match" else (true_f1, F1_SLIPS)
    references = list(case.references)
    truth = measure(case.said, references)

    found = [(slip(case.said, references), said) for slip, said in own]
    found += [(slip(case.said, references, measure), said) for slip, said in SHARED_SLIPS]
    return [
        (
            (lambda got, wrong=wrong: _number(got) and abs(got - wrong) <= NEAR),
            abs(truth - wrong) > NEAR,
            said,
        )
        for wrong, said in found
    ]


def _number(got):
    return isinstance(got, (int, float)) and abs(got) <= 1e300


def require_score(name, got, case, slips):
    """Require the score of a case by `exact_match` or `f1_score`."""
    begin, truth = case.begin(name), (true_match if name == "exact_match" else true_f1)(case.said, list(case.references))  # fmt: skip
    require(_number(got), "{begin} should give a float from 0 to 1; yours gives {what}.", begin=begin, what=describe(got))  # fmt: skip
    known = known_of(got, slips)
    require(
        abs(got - truth) <= NEAR,
        "{begin} gives {got}{truth}.{known}",
        begin=begin, got=f"{got:.4g}", truth=f", and should give {truth:.4g}" if case.told else ", and that is wrong",
        known=f" {ended(known)}" if known else " Is `normalize_answer` right by now? It is used on both sides.",
    )  # fmt: skip


def judge_scores(student, name, plain, parts):
    """All that is asked of `exact_match` or `f1_score`. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda case: args(case.said, list(case.references)), story=lambda case: f"{case.begin(name)} fails.{_why(case)}",
        requirement=lambda got, case, slips: require_score(name, got, case, slips), slips=lambda case: slips_of_score(name, case),
    )  # fmt: skip


def _why(case):
    """What usually makes a call fail."""
    if not case.references:
        return " There may be no reference: what is the largest of nothing?"
    if not kept(list(case.references))[0] or not normalized(case.said):
        return " A side may have no words."
    return " Does `normalize_answer` give a str by now?"


SIMPLE = [
    Answered("red fish", ("red fish",), "The same"),
    Answered("red fish", ("blue fish",), "One word of two"),
    Answered("red", ("blue fish",), "Nothing in common"),
    Answered("red fish", ("red fish soup",), "A word less"),
    Answered("red", ("red fish",), "Half of the words"),
    Answered("red fish soup", ("fish",), "Two words more"),
    Answered("fish red", ("red fish",), "Another order"),
    Answered("a", ("b",), "An article, and a word"),
]
NORMAL = [
    Answered("The Red Fish.", ("red fish",), "Capitals, an article and a full stop in what was said"),
    Answered("red fish", ("a RED, fish",), "Capitals, an article and a sign in the reference"),
    Answered("the well-known  fish", ("well-known fish", "wellknown"), "A sign within a word"),
    Answered("Red Fish", ("red fish",), "Nothing but capitals"),
]
SEVERAL = [
    Answered("fish", ("soup", "fish", "bread"), "The second of three references"),
    Answered("red fish", ("soup", "bread", "red fish"), "The last of three references"),
    Answered("red fish", ("red fish", "bread"), "The first of two references"),
    Answered("red old fish", ("red soup", "old red fish soup"), "References that share words with it"),
    Answered("fish", ("bread", "soup"), "None of two references"),
    Answered(
        "red fish soup",
        ("red", "red fish soup of old bread"),
        "One reference has the best precision, another the best recall",
    ),
    Answered(
        "red fish",
        ("red fish soup of old bread with cheese", "red"),
        "The longer of two references has more words in common with it",
    ),
]
OFTEN = [
    Answered("fish fish fish", ("fish soup",), "A word said three times that stands once in the reference"),
    Answered("fish soup", ("fish fish fish",), "A word said once that stands three times in the reference"),
    Answered("fish and fish", ("fish and fish",), "A word twice on both sides"),
    Answered("fish and fish soup", ("fish of fish",), "A word twice on both sides, and others"),
]
NONE = [
    Answered("", (), "Nothing said, and no reference"),
    Answered("fish", (), "Something said, and no reference"),
    Answered("", ("fish",), "Nothing said, and a reference"),
    Answered("The.", (), "An article and a full stop, and no reference"),
    Answered("a", ("the",), "Nothing is left of what was said, nor of the reference"),
    Answered("fish", ("the", "fish"), "One of the references is an article"),
    Answered("", ("the", "fish"), "Nothing said, and one of the references is an article"),
    Answered("fish", ("a", "."), "Nothing is left of any reference"),
]


@lab.check(points=1, returns=(float, int))
def exact_match(student):
    judge_scores(student, "exact_match", SIMPLE, match_parts(NORMAL, SEVERAL, NONE))


def match_parts(normal, several, none):
    """normal: what a wrong `normalize_answer` spoils; there is none of it in the cases before and behind."""
    return {
        "normalised": (0.5, normal),
        "several references": (0.25, several),
        "no answer": (0.25, none),
    }


def f1_parts(normal, several, often, none):
    return {
        "normalised": (0.75, normal),
        "several references": (0.5, several),
        "words that come twice": (0.5, often),
        "no answer": (0.5, none),
    }


@lab.check(points=3, returns=(float, int))
def f1_score(student):
    judge_scores(student, "f1_score", SIMPLE, f1_parts(NORMAL, SEVERAL, OFTEN, NONE))
