"""Numbers and sentences of `NextToken` and its static picture; `next_token_numbers.js` writes them alike."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from course.widgets.next_token import NextToken, _Outcome

# Why a token is not kept.
KEPT, IMPOSSIBLE, GREEDY, BY_K, BY_P = range(5)
CUT = {IMPOSSIBLE: "cannot be", GREEDY: "cut: greedy", BY_K: "cut by top-k", BY_P: "cut by top-p"}
SCALES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)  # probabilities at a bar's full length
_NUDGE = 1 + 1e-9  # rounds a half up, as the picture does
_IN_WORDS = 8  # bars that are told one by one where the picture cannot be seen
_ROUNDED = 1e-9  # what rounding may take from a sum


class Row(NamedTuple):
    """A bar. token: its id, -1 for all others together. some: whether any of it is kept. lines: what ends with this row."""

    token: int
    word: str
    own: float
    after: float
    possible: bool
    some: bool
    note: str
    lines: list[str]


def rows(shown: "NextToken", found: "_Outcome", most: int = 10**9) -> list[Row]:
    """The bars, `most` at most, from the model's most likely token down; last, the rest of the vocabulary as one."""
    read, made = set(shown._read()), []
    logits, most = shown._row(), min(most, shown.shown)
    for i in map(int, found.order[:most]):
        ends = _ends(shown, found, {i})
        notes = [_read_note(shown, logits[i])] if i in read else []
        notes += [CUT[found.why[i]]] if found.why[i] != KEPT else []
        kept = found.why[i] == KEPT
        made.append(Row(i, shown.words[i], found.own[i], found.after[i], found.why[i] != IMPOSSIBLE, kept, " · ".join(notes), ends))  # fmt: skip
    rest = found.order[most:]
    if len(rest):
        own, after, kept = (
            found.own[rest].sum(),
            found.after[rest].sum(),
            int((found.why[rest] == KEPT).sum()),
        )
        note = "; ".join(
            [f"{kept:,} kept", *(f"{end} here" for end in _ends(shown, found, set(rest.tolist())))]
        )
        possible = bool((found.why[rest] != IMPOSSIBLE).any())
        word = f"and {len(rest):,} other{'s' * (len(rest) > 1)}"
        made.append(Row(-1, word, own, after, possible, kept > 0, note, []))
    return made


def _ends(shown, found, tokens):
    ends = []
    if found.last_k in tokens:
        ends.append(f"top-k ends at rank {shown.top_k:,}")
    if found.last_p in tokens:
        ends.append(f"top-p reaches {number(shown.top_p)}")
    return ends


def _read_note(shown, logit):
    if shown.penalty == 1 or logit == 0 or logit == -np.inf:
        return "read"
    return f"read, {'÷' if logit > 0 else '×'} {number(shown.penalty)}"


def scale(made: list[Row]) -> float:
    """The probability at a bar's full length: a round one, so that a moving slider seldom changes it."""
    most = max(max(row.own, row.after) for row in made)
    return next(one for one in SCALES if most <= one + _ROUNDED)


def facts(shown: "NextToken", found: "_Outcome") -> list[tuple[str, str, str]]:
    """(what, in the model, now), for the numbers beside the bars."""
    had, possible = _had(found), int((found.why != IMPOSSIBLE).sum())
    first, now = found.order[0], found.ranked[0]
    return [
        ("tokens kept", f"{possible:,}", f"{found.kept:,}"),
        ("the model's probability kept", "100 %", had),
        ("entropy in bits", bits(found.own), bits(found.after)),
        ("probability of the most likely", percent(found.own[first]), percent(found.after[now])),
        ("the most likely", shown.words[first], shown.words[now]),
    ]


def _had(found):
    return percent(found.own[found.ranked[: found.kept]].sum())


def said(shown: "NextToken", found: "_Outcome") -> str:
    """What the settings do now, in words."""
    size, kept, now = len(shown.words), found.kept, found.ranked[0]
    told = settings(shown)
    most = f"“{shown.words[now]}” with {percent(found.after[now])}"
    if not told:
        some = f"all {size:,} tokens" if kept == size else f"{kept:,} of {size:,} tokens"
        return (
            f"As the model says: {some} {_are(kept)} kept. The most likely is {most}. "
            f"The entropy is {bits(found.own)} bits."
        )
    told = told[0].upper() + told[1:]
    between = " between them" if kept > 1 else ""
    return (
        f"{told}: {kept:,} of {size:,} tokens {_are(kept)} kept, which had {_had(found)}{between}. "
        f"The most likely now is {most}, {percent(found.own[now])} in the model. "
        f"The entropy goes from {bits(found.own)} to {bits(found.after)} bits."
    )


def _are(count):
    return "is" if count == 1 else "are"


def settings(shown: "NextToken") -> str:
    """The settings that are on, with commas; "" where none is."""
    read = len(shown._read())
    told = []
    if shown.penalty != 1:
        told.append(f"penalty {number(shown.penalty)} on {read} token{'s' * (read != 1)} read")
    if shown.temperature != 1:
        told.append(f"temperature {number(shown.temperature)}" if shown.temperature else "greedy")
    if shown.top_k is not None:
        told.append(f"top-k {shown.top_k:,}")
    if shown.top_p != 1:
        told.append(f"top-p {number(shown.top_p)}")
    return ", ".join(told)


def where(shown: "NextToken") -> str:
    """Where in the text this is; a question, as a title."""
    if not shown.ids:
        return "What comes next?"
    at = shown.position
    return f"What comes after “{shown.words[shown.ids[at]]}”, token {at + 1} of {len(shown.ids)}?"


def alt(shown: "NextToken", found: "_Outcome") -> str:
    """All of it in a few sentences."""
    each = "; ".join(
        f"{row.word} {percent(row.own, row.possible)}, now {percent(row.after, row.some)}"
        + (f" ({row.note})" if row.note else "")
        for row in rows(shown, found, _IN_WORDS)
    )
    return f"{where(shown)} {said(shown, found)} {each}."


# Numbers as texts -----------------------------------------------------------------------------------------------------


def percent(share: float, some: bool = True) -> str:
    """some: whether it is of anything at all: 0 % is for nothing, however little is left of the rest."""
    if not some:
        return "0 %"
    if share > 1 - _ROUNDED:
        return "100 %"
    points = 100 * share * _NUDGE
    if points < 1:
        return "< 0.01 %" if points < 0.01 else f"{points:#.2g} %"
    return f"{min(points, 99.9):.1f} %"


def number(value: float) -> str:
    """Six digits behind the point at most."""
    return f"{value * _NUDGE:.6f}".rstrip("0").rstrip(".")


def bits(shares: np.ndarray) -> str:
    """The entropy, with two digits."""
    some = shares[shares > 0]
    return f"{abs((some * np.log2(some)).sum()) * _NUDGE:.2f}"
