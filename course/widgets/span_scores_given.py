"""What `SpanScores` takes: each function returns what was given in one form, or raises a ValueError of one sentence."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.widgets.base import as_array
from course.widgets.flow import drawable

KINDS = ("special", "question", "passage", "padding")
MOST_TOKENS, MOST_TOP, MOST_THRESHOLD = 512, 20, 1_000


def _is_list(given: Any) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, str)


def as_tokens(given: Any) -> list[str]:
    if not _is_list(given) or not all(isinstance(token, str) for token in given):
        raise ValueError("The tokens are a list, each of them a string.")
    if not 2 <= len(given) <= MOST_TOKENS:
        raise ValueError(f"There are 2 to {MOST_TOKENS} tokens; you gave {len(given):,}: show a longer passage in windows.")  # fmt: skip
    return drawable(given)


def as_kinds(given: Any, count: int) -> list[str]:
    if not _is_list(given):
        raise ValueError(f"There is a list of kinds, one for each of {count} tokens; you gave {given!r:.60}.")
    kinds = list(given)
    wrong = next((kind for kind in kinds if kind not in KINDS), None)
    if wrong is not None:
        raise ValueError(f"A token's kind is one of {', '.join(KINDS)}; you gave {wrong!r:.60}.")
    if len(kinds) != count:
        raise ValueError(f"There is a kind for each of {count} tokens; you gave {len(kinds)}.")
    if kinds[0] != "special":
        raise ValueError(f"The first token is [CLS], which stands for no answer; yours is of the {kinds[0]}.")
    inside = [i for i, kind in enumerate(kinds) if kind == "passage"]
    if not inside or inside[-1] - inside[0] + 1 != len(inside):
        raise ValueError(f"The tokens of the passage stand in one piece; here {'are none' if not inside else 'is something between them'}.")  # fmt: skip
    return kinds


def _a(which: str) -> str:
    return f"an {which}" if which == "end" else f"a {which}"


def as_logits(given: Any, which: str, count: int) -> np.ndarray:
    try:
        with np.errstate(over="ignore"):
            found = as_array(given)
    except (TypeError, ValueError):
        raise ValueError(f"The {which} logits are numbers, one for each of {count} tokens.") from None
    found = found[0] if found.ndim == 2 and len(found) == 1 else found
    if found.shape != (count,):
        raise ValueError(f"There is {_a(which)} logit for each of {count} tokens; yours have the shape {found.shape}.")  # fmt: skip
    if np.isnan(found).any() or (found == np.inf).any() or not np.isfinite(found[0]):
        raise ValueError(f"{_a(which).capitalize()} logit is a number, or -inf for a token that cannot be; that of the first token is a number.")  # fmt: skip
    return found


def as_span(given: Any, count: int, what: str) -> list[int] | None:
    if given is None:
        return None
    places = list(given) if isinstance(given, (list, tuple, np.ndarray)) else [given]
    whole = all(isinstance(at, numbers.Integral) and not isinstance(at, bool) for at in places)
    if len(places) != 2 or not whole or not all(0 <= at < count for at in places):
        raise ValueError(f"{what} is (first, last), two places from 0 to {count - 1}; you gave {given!r:.60}.")  # fmt: skip
    return [int(at) for at in places]


def as_threshold(given: Any) -> float:
    real = isinstance(given, numbers.Real) and not isinstance(given, bool)
    if not real or not abs(given) <= MOST_THRESHOLD:
        raise ValueError(f"The threshold is a number from −{MOST_THRESHOLD:,} to {MOST_THRESHOLD:,}; you gave {given!r:.60}.")  # fmt: skip
    return float(given)


def as_whole(given: Any, least: int, most: int, what: str) -> int:
    whole = isinstance(given, numbers.Integral) and not isinstance(given, bool)
    if not whole or not least <= given <= most:
        raise ValueError(f"The {what} is a whole number from {least} to {most}; you gave {given!r:.60}.")  # fmt: skip
    return int(given)
