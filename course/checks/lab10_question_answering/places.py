"""The check of `char_to_token_span`: a few tokens by hand, and for each usual mistake the tokens that it takes."""

import bisect
from dataclasses import dataclass

from .. import args, require
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab


@dataclass(frozen=True)
class Spanned:
    """Tokens, an answer's letters, and its first and last token, or None. told: whether a message may show them."""

    offsets: list
    start: int
    end: int
    truth: tuple | None
    story: str
    told: bool = True

    def begin(self):
        if not self.told:
            return f"{self.story}, of {len(self.offsets)} tokens"
        return f"{self.story}: char_to_token_span({self.offsets}, {self.start}, {self.end})"


def touching(offsets, start, end):
    """The tokens that have a letter of the answer, letter by letter: the truth."""
    letters = set(range(start, end))
    found = [i for i, (a, b) in enumerate(offsets) if letters & set(range(a, b))]
    return (found[0], found[-1]) if found else None


def _ends(found):
    return (found[0], found[-1]) if found else None


def _at(places, value):
    return places.index(value) if value in places else None


def _sorted_in(offsets, start, end):
    begins = [a for a, _ in offsets]
    return bisect.bisect_right(begins, start) - 1, bisect.bisect_right(begins, end - 1) - 1


SLIPS = (  # offsets, start, end -> a wrong pair
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a >= s and b <= e and a < b]), "Only tokens that lie wholly inside are taken; one letter in common is enough, at the beginning as at the end"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a >= s and a < e and a < b]), "A token that begins before the answer and reaches into it is left out"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if b > s and b <= e and a < b]), "A token that begins in the answer and ends behind it is left out"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a <= e and b > s and a < b]), "`end` is the first letter that does *not* belong to the answer: a token that begins there has none of it"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a < e and b >= s and a < b]), "A token's second number is the first letter that does *not* belong to it: one that ends where the answer begins has none of it"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a <= e and b >= s and a < b]), "Ends do not belong to it: neither a token's second number nor `end`"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a < e and b > s]), "A token with an empty pair has no letters, wherever it says that it stands"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a <= e and b >= s]), "A token with an empty pair has no letters, and ends do not belong to it"),
    (lambda o, s, e: _ends([i for i, (a, b) in enumerate(o) if a < e - 1 and b > s and a < b]), "The answer's last letter counts, too"),
    (lambda o, s, e: (t[0], t[1] + 1) if (t := touching(o, s, e)) else None, "The last token belongs to it: both are places of tokens of the answer"),
    (lambda o, s, e: (t[0], t[1] - t[0] + 1) if (t := touching(o, s, e)) else None, "That is how many tokens there are; the *place* of the last one is asked for"),
    (lambda o, s, e: (t[1], t[0]) if (t := touching(o, s, e)) else None, "The first comes first, and the last second"),
    (lambda o, s, e: (t[0] + 1, t[1] + 1) if (t := touching(o, s, e)) else None, "Places count from 0"),
    (lambda o, s, e: (t[0], t[0]) if (t := touching(o, s, e)) else None, "That is the first token twice; where is the last?"),
    (lambda o, s, e: (t[1], t[1]) if (t := touching(o, s, e)) else None, "That is the last token twice; where is the first?"),
    (lambda o, s, e: (_at([a for a, _ in o], s), _at([b for _, b in o], e)), "The answer need not begin where a token begins, nor end where one ends"),
    (_sorted_in, "White space and empty pairs stand between tokens: does the token that begins last before the answer reach it?"),
    (lambda o, s, e: (s, e - 1), "Those are places of letters; places of tokens are asked for"),
    (lambda o, s, e: (s, e), "Those are places of letters; places of tokens are asked for"),
    (lambda o, s, e: touching(o, s, e) or (0, 0), "Where no token has a letter of the answer it is None"),
    (lambda o, s, e: None, "There are tokens that have letters of it"),
)  # fmt: skip


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    found = [(slip(case.offsets, case.start, case.end), said) for slip, said in SLIPS]
    return [
        ((lambda got, wrong=wrong: _pair(got) == wrong), wrong != case.truth, said) for wrong, said in found
    ]


def _pair(got):
    return tuple(got) if isinstance(got, (tuple, list)) else got


def require_span(got, case, slips):
    """Require the first and the last token."""
    good = got is None or (isinstance(got, (tuple, list)) and len(got) == 2 and all(isinstance(x, int) and not isinstance(x, bool) for x in got))  # fmt: skip
    require(
        good,
        "{begin} should give a pair of whole numbers, or None; yours gives {what}.{hint}",
        begin=case.begin(),
        what=describe(got) if not isinstance(got, (tuple, list)) else f"{got!r:.60}",
        hint=" Where no token has a letter of the answer it is None." if case.truth is None else "",
    )
    known = known_of(got, slips)
    require(
        _pair(got) == case.truth,
        "{begin} gives {got}{truth}.{known}",
        begin=case.begin(),
        got=_pair(got),
        truth=f", and should give {case.truth}" if case.told else ", and that is wrong",
        known=f" {ended(known)}" if known else "",
    )


def _story(case):
    return f"{case.begin()} fails.{' There may be no token at all: ask before you take the first.' * (case.truth is None)}"


def judge_spans(student, plain, parts):
    """All that is asked of char_to_token_span. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda case: args(list(case.offsets), case.start, case.end), story=_story,
        requirement=require_span, slips=slips_of,
    )  # fmt: skip


# "Ida saw 1965 and Bo": Ida | saw | 19 | 65 | and | Bo, in tokens "Ida", "saw", "1965", "an", "d", "Bo"
WORDS = [(0, 3), (4, 7), (8, 12), (13, 15), (15, 16), (17, 19)]
WHOLE = [
    Spanned(WORDS, 4, 7, (1, 1), "An answer of one token"),
    Spanned(WORDS, 0, 12, (0, 2), "An answer of three tokens"),
    Spanned(WORDS, 13, 16, (3, 4), "An answer of two pieces"),
    Spanned(WORDS, 8, 19, (2, 5), "An answer up to the end"),
    Spanned(WORDS, 0, 19, (0, 5), "All of the text"),
]
PIECES = [
    Spanned(WORDS, 10, 12, (2, 2), "An answer that begins in the middle of a token"),
    Spanned(WORDS, 8, 10, (2, 2), "An answer that ends in the middle of a token"),
    Spanned(
        WORDS, 10, 14, (2, 3), "An answer that begins in the middle of one token and ends in that of another"
    ),
    Spanned(WORDS, 9, 10, (2, 2), "An answer of one letter in the middle of a token"),
    Spanned(WORDS, 3, 8, (1, 1), "An answer with a blank on either side"),
    Spanned(WORDS, 14, 15, (3, 3), "An answer of the last letter of a piece"),
]
MARKED = [(0, 0), *WORDS, (0, 0)]
EMPTY = [
    Spanned(MARKED, 0, 7, (1, 2), "Tokens with empty pairs on both sides"),
    Spanned(MARKED, 17, 19, (6, 6), "Tokens with empty pairs on both sides"),
    Spanned(
        [(0, 3), (5, 5), (4, 7)], 4, 7, (2, 2), "A token with an empty pair inside of the answer's letters"
    ),
    Spanned(WORDS, 3, 4, None, "An answer that is a blank"),
    Spanned([(0, 3), (6, 9)], 3, 6, None, "An answer of letters that no token has"),
    Spanned([(0, 0), (0, 0)], 0, 3, None, "A text of which no token is left"),
    Spanned([], 0, 2, None, "No token at all"),
]


def parts_of(pieces, empty):
    return {"answers within tokens": (0.5, pieces), "tokens without letters": (0.5, empty)}


@lab.check(points=2)
def char_to_token_span(student):
    judge_spans(student, WHOLE, parts_of(PIECES, EMPTY))
