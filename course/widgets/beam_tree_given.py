"""What `BeamTree` takes: each function returns what was given in one form, or raises a ValueError of one sentence."""

import math
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.widgets.flow import MAX_LETTERS, drawable, shortened

MOST_TOKENS, WIDEST, MOST_ALPHA, LONGEST_PROMPT = 20, 8, 2, 1_024


def as_words(given: Any) -> list[str]:
    listed = isinstance(given, Sequence) and not isinstance(given, str)
    if not listed or not all(isinstance(word, str) for word in given):
        raise ValueError("The words are a list, a string for each id.")
    if len(given) < 2:
        raise ValueError(f"A vocabulary has 2 words at least; yours has {len(given)}.")
    return list(given)


def as_prompt(given: Any, vocabulary: int) -> list[int]:
    """The ids of one text."""
    try:
        ids = given.detach().cpu().numpy() if hasattr(given, "detach") else np.asarray(given)
    except (TypeError, ValueError):
        raise ValueError("The prompt is a list of ids, (time,) or (1, time).") from None
    ids = ids[0] if ids.ndim == 2 and len(ids) == 1 else ids
    if ids.ndim != 1:
        raise ValueError(f"The prompt has the shape (time,) or (1, time); yours has {ids.shape}.")
    if not 1 <= len(ids) <= LONGEST_PROMPT:
        raise ValueError(f"The prompt has 1 to {LONGEST_PROMPT:,} ids (of a T5: its start token); yours has {len(ids):,}.")  # fmt: skip
    if ids.dtype.kind not in "iu":
        raise ValueError(f"The prompt's ids are whole numbers; yours are {ids.dtype}.")
    if ids.min() < 0 or ids.max() >= vocabulary:
        raise ValueError(f"An id is from 0 to {vocabulary - 1:,} here; the prompt has {ids.min() if ids.min() < 0 else ids.max()}.")  # fmt: skip
    return ids.tolist()


def as_whole(given: Any, least: int, most: int, what: str) -> int:
    whole = isinstance(given, numbers.Integral) and not isinstance(given, bool)
    if not whole or not least <= given <= most:
        raise ValueError(f"{what} is a whole number from {least} to {most:,}; you gave {given!r:.60}.")
    return int(given)


def as_width(given: Any, widest: int) -> int:
    return as_whole(given, 1, widest, "The width")


def as_alpha(given: Any) -> float:
    real = isinstance(given, numbers.Real) and not isinstance(given, bool)
    if not real or not 0 <= given <= MOST_ALPHA:
        raise ValueError(f"Alpha is a number from 0 to {MOST_ALPHA}; you gave {given!r:.60}.")
    return float(given) or 0.0  # no minus zero


def as_step(given: Any, last: int) -> int | None:
    return None if given is None else as_whole(given, 0, last, "The step (None for all)")


def as_text(given: Any, what: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise ValueError(f"The {what} is a text with at least one word; you gave {given!r:.60}.")
    return given


def shown_word(word: str) -> str:
    """A word as it can stand in a picture: white space alone, and nothing, as Python writes them."""
    return drawable([shortened(word if word.strip() else repr(word), MAX_LETTERS)])[0]


def alpha_text(alpha: float) -> str:
    """Two digits behind the point at most."""
    return f"{math.floor(alpha * 100 + 0.5) / 100:.2f}".rstrip("0").rstrip(".")
