"""The hidden checks of `normalize_answer`, `exact_match` and `f1_score`, on hundreds of drawn cases. Oracle: the rules of the official script of
SQuAD v2 as the visible module has them, of which `tests/test_squad_oracle.py` shows that another implementation comes to the same."""

import string

from autograder.checks.words import word
from course.checks.lab10_question_answering import scores as visible
from course.checks.lab10_question_answering.scores import (
    Answered,
    Written,
    f1_parts,
    judge_normalized,
    judge_scores,
    match_parts,
    normalized,
)

from . import lab

ARTICLES = ("a", "an", "the", "The", "A", "AN")
WHITE = (" ", "  ", "\t", "\n", " \n ", "\u00a0", "\r\n")
OTHERS = "“”–—…«»¿·°€½"


def text_of(rng, signs=True):
    """A text of drawn words, with articles, signs, capitals and white space of all kinds."""
    out = []
    for _ in range(rng.randint(1, 6)):
        kind = rng.random()
        token = rng.choice(ARTICLES) if kind < 0.25 else word(rng)
        if kind > 0.8:
            token = rng.choice((token.upper(), token.capitalize(), f"the{token}", f"{token}an", f"é{token}"))
        if signs and rng.random() < 0.5:
            sign, where = rng.choice(string.punctuation + OTHERS), rng.randrange(len(token) + 1)
            token = token[:where] + sign + token[where:]
        out += [token, rng.choice(WHITE)]
    return rng.choice(("", " ", "\t")) + "".join(out[: rng.choice((-1, len(out)))])


def hidden(cases):
    """The same cases with messages that do not show them."""
    return [type(case)(**{**vars(case), "told": False}) for case in cases]


@lab.check(alone=True)
def normalize_answer(student):
    rng = student.rng
    one, two, three = (word(rng) for _ in range(3))
    plain = [Written(f"{rng.choice(('The', 'A', 'An'))} {one.upper()}, {two}.", "Drawn words", False) for _ in range(3)]  # fmt: skip
    signed = [Written(f"{one}{sign}{two} {three}{sign}", "A sign within a word and at the end", False) for sign in string.punctuation]  # fmt: skip
    signed += [Written(f"{one} {sign}{two}{sign} {three}", "A sign that is not among the 32", False) for sign in OTHERS]  # fmt: skip
    articles = [
        *(Written(f"{one}{a} {a}{two} {b}{three}{b}", "Articles within words", False) for a in ARTICLES for b in ARTICLES),
        *(Written(f"{one} {a} {two} {a}", "Articles in the middle and at the end", False) for a in ARTICLES),
        *(Written(f"{one}{sign}{a}{sign}{two}", "An article between signs that stay", False) for a in ARTICLES for sign in "–…“"),
        *(Written(f"{one} {'.'.join(a)}. {two}", "Letters that become an article without their points", False) for a in ARTICLES),
        Written(f"{one} a an the a {two}", "Several articles in a row", False),
    ]  # fmt: skip
    white = [Written(f"{gap}{one}{gap}{two} the{gap}{three}{gap}", "White space of all kinds", False) for gap in WHITE]  # fmt: skip
    mixed = [Written(text_of(rng), "A drawn text", False) for _ in range(200)]
    parts = visible.normalized_parts(
        visible.SIGNED + signed + mixed, visible.ARTICLES + articles, visible.WHITE + white
    )
    judge_normalized(student, visible.PLAIN + plain, parts)


def spoiled(rng, words):
    """The words as text that is the same when it is normalised."""
    out = []
    for each in words:
        out += [rng.choice(("", "", "the ", "A ")), rng.choice((each, each.upper(), each.capitalize(), f"{each}{rng.choice('.,;!')}")), rng.choice((" ", "  ", "\t"))]  # fmt: skip
    return "".join(out)


def pairs(rng, n, clothes):
    """Answers that share some words with their references, one to four. clothes: whether they have to be normalised."""
    found = []
    for _ in range(n):
        stock = [word(rng) for _ in range(rng.randint(1, 5))]

        def dressed(words):
            return spoiled(rng, words) if clothes else " ".join(words)

        def some(stock=stock):
            return dressed([rng.choice(stock) for _ in range(rng.randint(1, 5))])

        references = tuple(some() for _ in range(rng.randint(1, 4)))
        said = rng.choice(
            (some(), some(), rng.choice(references), dressed(normalized(references[-1]).split()))
        )
        found.append(Answered(said, references, "Drawn words", False))
    return found


def own_cases(rng):
    """plain, what has to be normalised, several references, words that come twice, no answer."""
    a, b, c, d = rng.sample(sorted({word(rng) for _ in range(40)}), 4)
    normal = [Answered(f"{a} {b}", (f"The {a.upper()}, {b}",), "The same in other clothes", False)]
    normal += filter(alone, pairs(rng, 400, clothes=True))
    plain = [Answered(f"{b} {a}", (f"{a} {b}",), "Another order", False),
             Answered(f"{a}", (f"{a}{b}",), "A part of a word", False), Answered(f"{a} {b} {c}", (f"{a} {b}",), "A word more", False),
             Answered(a, (d,), "Nothing in common", False)]  # fmt: skip
    several = [Answered(f"{a} {b}", order, "Several references", False) for order in ((c, f"{a} {b}", d), (c, d, f"{a} {b}"), (f"{a} {b}", c), (f"{a}", f"{a} {b} {c}", d))]  # fmt: skip
    often = [Answered(f"{a} {a} {a}", (f"{a} {b}",), "A word said three times", False), Answered(f"{a} {b}", (f"{a} {a} {c}",), "A word twice in the reference", False),
             Answered(f"{a} {a} {b}", (f"{a} {c} {a}",), "A word twice on both sides", False), Answered(f"{a} {a} {b} {b}", (f"{b} {a}", f"{b} {b} {a} {a} {c}"), "Words that come twice", False)]  # fmt: skip
    nothing = ("", " ", ".", "the", "A. the", "\n")
    none = [Answered(said, references, "Nothing is left of one side, or of both", False)
            for said in (*nothing, a) for references in ((), ("the",), (".", "a"), ("an", a), (b, "!"))]  # fmt: skip
    return plain, normal, several, often, none


def twice(case):
    """Whether a word comes twice on one of its sides."""
    return any(len(set(words)) < len(words) for text in (case.said, *case.references) for words in [normalized(text).split()])  # fmt: skip


def alone(case):
    """Whether it has one reference, and no word twice."""
    return len(case.references) == 1 and not twice(case)


@lab.check(alone=True)
def exact_match(student):
    plain, normal, several, often, none = own_cases(student.rng)
    drawn = pairs(student.rng, 200, clothes=False)
    parts = match_parts(
        visible.NORMAL + normal,
        visible.SEVERAL + several + often + [case for case in drawn if not alone(case)],
        visible.NONE + none,
    )
    judge_scores(student, "exact_match", visible.SIMPLE + plain + list(filter(alone, drawn)), parts)


@lab.check(alone=True)
def f1_score(student):
    plain, normal, several, often, none = own_cases(student.rng)
    drawn = pairs(student.rng, 300, clothes=False)
    parts = f1_parts(
        visible.NORMAL + normal,
        visible.SEVERAL + several + [case for case in drawn if not twice(case) and not alone(case)],
        visible.OFTEN + often + list(filter(twice, drawn)),
        visible.NONE + none,
    )
    judge_scores(student, "f1_score", visible.SIMPLE + plain + list(filter(alone, drawn)), parts)
