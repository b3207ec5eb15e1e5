"""Numbers and tokens as texts, for `SpanScores` and its static picture; `span_scores_numbers.js` writes them alike."""

from collections.abc import Sequence

LEAST = 1e-6  # the smallest probability that is told from none: it is the foot of the colours' scale
_LONGEST = 48  # letters of an answer that is shown whole
_NUDGE = 1 + 1e-12  # rounds a half up, as the picture does


def percent(chance: float) -> str:
    """0 % only where it is none, 100 % only where it is all."""
    share = 100 * chance * _NUDGE
    if chance in (0, 1):
        return f"{share:.0f} %"
    if share < 100 * LEAST:
        return "< 0.0001 %"
    return f"{share:#.2g} %" if share < 1 else f"{min(share, 99.9):.1f} %"


def signed(number: float, digits: int = 2) -> str:
    """With a minus sign; zero has none. A mask's "minus infinity" can have 38 digits before the point."""
    size = abs(number) * _NUDGE
    text = f"{size:.{digits}f}" if size < 1e21 else f"{size:.1e}"
    return f"−{text}" if number < 0 and float(text) else text


def joined(tokens: Sequence[str], marked: bool) -> str:
    """The text of some tokens: a piece "##ing" stands with its word. marked: a space is a sign in the tokens, as GPT-2 and T5 write it."""
    if marked:
        return "".join(tokens).replace("Ġ", " ").replace("▁", " ").strip()
    found = "".join(
        token[2:] if token.startswith("##") and len(token) > 2 else f" {token}" for token in tokens
    )
    return found.strip()


def brief(text: str) -> str:
    """The first and the last words of a text that is too long to be shown whole."""
    return (
        text if len(text) <= _LONGEST else f"{text[:27].rsplit(' ', 1)[0]} … {text[-18:].split(' ', 1)[-1]}"
    )


def lanes(spans: Sequence[tuple[int, int]]) -> list[int]:
    """For each span a lane below the text, the first one where it overlaps none before it. A span may run backwards."""
    taken: list[list[tuple[int, int]]] = []
    found = []
    for span in spans:
        low, high = min(span), max(span)
        free = (k for k, lane in enumerate(taken) if all(high < a or b < low for a, b in lane))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        found.append(lane)
    return found


def reach(numbers: Sequence[float]) -> int:
    """Where the number line of the threshold ends: a round number above all of these, 1,000 at most."""
    most = max(map(abs, numbers), default=0.0) * 1.05
    return next((one for one in (5, 10, 20, 50, 100, 200, 500) if most <= one), 1_000)
