"""The check of `unigram_encode`: small tables of pieces, and where each usual mistake would cut."""

from dataclasses import dataclass

from .. import args, require
from ..sentences import describe
from ..tries import judge_groups, known_of
from ..usual import ended
from . import lab

NEAR = 1e-6


def best_of(text, scores, unknown):
    """The largest sum of any way to cut a text, and one such way."""
    found = [(0.0, [])]
    for k in range(1, len(text) + 1):
        ways = []
        for j in range(k):
            piece = text[j:k]
            if piece in scores or k - j == 1:
                total, pieces = found[j]
                ways.append((total + scores.get(piece, unknown), [*pieces, piece]))
        found.append(max(ways, key=lambda way: way[0]))
    return found[-1]


def longest_first(text, scores, unknown):
    """As BERT's pieces are cut."""
    pieces, k = [], 0
    while k < len(text):
        end = next((e for e in range(len(text), k, -1) if text[k:e] in scores), k + 1)
        pieces.append(text[k:end])
        k = end
    return pieces


def longest_from_behind(text, scores, unknown):
    return [p[::-1] for p in longest_first(text[::-1], {p[::-1]: s for p, s in scores.items()}, unknown)][::-1]  # fmt: skip


def dearest_first(text, scores, unknown):
    """Where it stands, the piece with the largest score, again and again."""
    pieces, k = [], 0
    while k < len(text):
        ends = [e for e in range(k + 1, len(text) + 1) if text[k:e] in scores] or [k + 1]
        end = max(ends, key=lambda e: scores.get(text[k:e], unknown))
        pieces.append(text[k:end])
        k = end
    return pieces


def with_scores(change):
    """The best cut by other scores. change: (piece, score) -> score."""
    return lambda text, scores, unknown: best_of(text, {p: change(p, s) for p, s in scores.items()}, unknown)[1]  # fmt: skip


SLIPS = (
    (longest_first, "That takes the longest piece again and again, as BERT does; another cut has a larger sum"),
    (longest_from_behind, "That takes the longest piece again and again, from behind; another cut has a larger sum"),
    (dearest_first, "That takes the likeliest piece again and again; another cut has a larger sum"),
    (with_scores(lambda p, s: s / len(p)), "That has the largest sum of scores *by letter*; the score of a piece is what it is"),
    (with_scores(lambda p, s: -1.0), "That is the cut with the fewest pieces; their scores decide"),
    (with_scores(lambda p, s: -s - 40), "That has the *smallest* sum: scores are below 0, and the largest is nearest to 0"),
    (lambda t, s, u: best_of(t, s, 0.0)[1], "A letter that is no piece costs `unknown`; with you it costs nothing"),
    (lambda t, s, u: best_of(t, s, -1e9)[1], "A letter that is no piece may stand alone, at the price of `unknown`"),
    (lambda t, s, u: best_of(t, s, -20.0)[1], "`unknown` is an argument, too: is it used?"),
    (lambda t, s, u: best_of(t, {p: v for p, v in s.items() if len(p) > 1}, u)[1], "A letter that is a piece has its own score, and not `unknown`"),
    (lambda t, s, u: best_of(t, {p: max(v, u) for p, v in s.items()}, u)[1], "What is a piece has its own score, even if that is less than `unknown`"),
    (lambda t, s, u: list(t), "Those are its letters; pieces of several letters may score more"),
    (lambda t, s, u: [t] if t else [], "That is the whole text as one piece"),
    (lambda t, s, u: best_of(t, s, u)[1][::-1], "The pieces come in the wrong order: who walks back from the end turns them round at last"),
)  # fmt: skip


@dataclass(frozen=True)
class Cut:
    """A text and a table of pieces. told: whether a message may show them."""

    text: str
    scores: dict
    unknown: float = -20.0
    story: str = ""
    told: bool = True

    def begin(self):
        if not self.told:
            return self.story or f"A text of {len(self.text)} letters"
        shown = ", ".join(f"{p!r}: {s:g}" for p, s in self.scores.items())
        return f"{self.text!r} with {{{shown}}}, unknown {self.unknown:g}"

    def sum_of(self, pieces):
        return sum(self.scores.get(piece, self.unknown) for piece in pieces)


def slips_of(case):
    """Triples, as `judge_groups` takes them."""
    best, _ = best_of(case.text, case.scores, case.unknown)
    found = [(slip(case.text, case.scores, case.unknown), said) for slip, said in SLIPS]
    return [
        ((lambda got, wrong=wrong: list(got) == wrong), "".join(wrong) != case.text or case.sum_of(wrong) < best - NEAR, said)
        for wrong, said in found
    ]  # fmt: skip


def require_cut(got, case, slips):
    """Require pieces with the largest sum."""
    begin = case.begin()
    good = isinstance(got, (list, tuple)) and all(isinstance(piece, str) for piece in got)
    require(good, "{begin}: a list of texts is asked for; yours is {what}.", begin=begin, what=describe(got))
    known = known_of(got, slips)
    known = f" {ended(known)}" if known else ""
    shown = f"; yours gives {list(got)!s:.120}" if case.told else ""
    require("".join(got) == case.text, "{begin}: the pieces joined must give the text again{shown}.{known}", begin=begin, shown=shown, known=known)  # fmt: skip
    require("" not in got, "{begin}: an empty piece is none.", begin=begin)
    strange = next((piece for piece in got if piece not in case.scores and len(piece) > 1), None)
    require(
        strange is None,
        "{begin}: {piece} is no piece of the table. Only a single letter may stand alone without being one.",
        begin=begin, piece=repr(strange) if case.told else "what you give",
    )  # fmt: skip
    best, way = best_of(case.text, case.scores, case.unknown)
    total = case.sum_of(got)
    require(
        total >= best - NEAR,
        "{begin}{shown}{sums}.{known}",
        begin=begin, shown=shown, known=known,
        sums=f" with the sum {total:.4g}; {way} has {best:.4g}" if case.told else ": another cut has a larger sum",
    )  # fmt: skip


def _story(case):
    return f"{case.begin()}: your function fails."


def judge_cuts(student, plain, parts):
    """All that is asked of unigram_encode. plain: cases that must be right for any marks; parts: for each title (points, cases)."""
    judge_groups(
        student, plain, parts, call=lambda case: args(case.text, dict(case.scores), case.unknown), story=_story,
        requirement=require_cut, slips=slips_of,
    )  # fmt: skip


SMALL = {"a": -2.0, "b": -2.5, "c": -3.0, "ab": -3.0, "bc": -3.2, "abc": -8.0}
WORDS = {"un": -4.0, "unb": -9.0, "ben": -6.0, "bend": -5.0, "end": -5.5, "in": -4.5, "ding": -6.5, "g": -5.0, "n": -5.2, "d": -5.1, "u": -5.3, "b": -5.2, "e": -5.0, "i": -5.1}  # fmt: skip
PLAIN = [
    Cut("abc", SMALL),
    Cut("abcab", SMALL),
    Cut("unbending", WORDS),
    Cut("aab", {"a": -1.0, "b": -1.0, "aa": -5.0, "aab": -2.9}),
    Cut("aab", {"a": -1.0, "b": -1.0, "aa": -5.0, "aab": -3.1}),
]
UNKNOWN = [
    Cut("axb", {"a": -1.0, "b": -1.0, "ax": -9.0}, -5.0),
    Cut("axb", {"a": -1.0, "b": -1.0, "ax": -9.0}, -12.0),
    Cut("xyz", {"a": -1.0}),
    Cut("ab", {"a": -30.0, "b": -1.0, "ab": -28.0}),
    Cut("aab", {"ab": -3.0, "aa": -2.5, "b": -9.0}, -4.0),
]
LONG = [
    Cut("ab" * 30, {"a": -1.0, "b": -1.0, "ab": -1.9, "ba": -1.7, "aba": -2.8, "abab": -3.7}, story="A text of 60 letters", told=False),
    Cut("a" * 200, {"a" * n: -1.0 - 0.9 * n + 0.07 * (n % 3) for n in range(1, 9)}, story="A text of 200 equal letters", told=False),
]  # fmt: skip
EDGE = [Cut("", SMALL), Cut("a", SMALL), Cut("x", SMALL), Cut("ab", {}), Cut("", {})]


def parts_of(unknown, long, edge):
    return {"letters that are no pieces": (0.75, unknown), "long texts": (0.75, long), "at the edge": (0.25, edge)}  # fmt: skip


@lab.check(points=3, returns=(list, tuple))
def unigram_encode(student):
    judge_cuts(student, PLAIN, parts_of(UNKNOWN, LONG, EDGE))
