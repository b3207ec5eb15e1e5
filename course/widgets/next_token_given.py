"""What `NextToken` takes: each function returns what was given in one form, or raises a ValueError of one sentence."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.widgets.base import as_array
from course.widgets.flow import drawable, shortened

MOST_PLACES, MOST_WORDS, MOST_LOGITS = 64, 2**16, 2**20
MOST_SHOWN, MOST_K, MOST_SEED = 40, 10**6, 2**32 - 1
COLDEST, HOTTEST, HARSHEST = 0.01, 2, 2  # temperatures but for 0; penalty
_LONGEST = 40  # letters of a word
_BREAKS = {"\n": "↵", "\t": "⇥"}  # other white space is ␣


def as_words(words: Any) -> list[str]:
    """As they can be shown: a space has a sign, and a long one ends in an ellipsis."""
    listed = isinstance(words, Sequence) and not isinstance(words, str)
    if not listed or not all(isinstance(one, str) for one in words):
        raise ValueError("The words are a list with a string for each id.")
    if not 1 <= len(words) <= MOST_WORDS:
        raise ValueError(f"There are 1 to {MOST_WORDS:,} words; you gave {len(words):,}.")
    return drawable(shortened(_visible(word), _LONGEST) for word in words)


def _visible(word: str) -> str:
    if not word:
        return "(empty)"
    return word if word.strip() else "".join(_BREAKS.get(letter, "␣") for letter in word)


def as_logits(logits: Any, size: int, many: bool) -> np.ndarray:
    """float32 (time, vocabulary); many: whether there are ids to go with the rows."""
    try:
        with np.errstate(over="ignore"):
            found = as_array(logits)
    except (TypeError, ValueError):
        raise ValueError(f"The logits are numbers, one for each of {size:,} words.") from None
    if found.ndim == 1 and not many:
        found = found[None]
    if found.ndim != 2 or found.shape[1] != size or not len(found):
        want = f"(time, {size})" if many else f"({size},), or (time, {size}) with ids"
        raise ValueError(f"The logits are {want} for these {size:,} words; yours have the shape {as_array(logits).shape}.")  # fmt: skip
    if len(found) > 1 and not many:
        raise ValueError(f"Logits for {len(found)} positions need ids, the tokens that were read at them; or give those of one position, such as logits[-1].")  # fmt: skip
    check_size(len(found), size)
    if np.isnan(found).any() or (found == np.inf).any():
        raise ValueError(
            "A logit is a number, or -inf for a token that cannot be; yours hold nan or infinity."
        )
    none = np.flatnonzero((found == -np.inf).all(1))
    if len(none):
        where = f" at position {none[0]}" if many else ""
        raise ValueError(f"All logits{where} are -inf: at least one token must be possible.")
    return found


def check_size(places: int, size: int) -> None:
    """ValueError for more positions than there is room for."""
    most = min(MOST_PLACES, MOST_LOGITS // size)
    if places > most:
        raise ValueError(f"With {size:,} words there is room for {most} positions; you gave {places}: leave the first ones out, or shorten the text.")  # fmt: skip


def as_ids(ids: Any, places: int, size: int) -> list[int]:
    if ids is None:
        return []
    found = _indices(ids, "ids", size)
    if len(found) != places:
        raise ValueError(f"There is an id for each of {places} positions, the token read there; you gave {len(found)}.")  # fmt: skip
    return found


def as_seen(seen: Any, size: int, many: bool) -> list[int]:
    """Each once, the smallest first."""
    if seen is None:
        return []
    if many:
        raise ValueError("The ids say which tokens were read at each position; leave seen out.")
    return sorted({*_indices(seen, "ids in seen", size)})


def _indices(ids: Any, what: str, size: int) -> list[int]:
    wrong = ValueError(f"The {what} are a list of whole numbers from 0 to {size - 1:,}, the places of words; yours are not.")  # fmt: skip
    if hasattr(ids, "tolist"):
        ids = ids.tolist()
    if isinstance(ids, str) or not hasattr(ids, "__iter__"):
        raise wrong
    found = list(ids)
    if not all(_is_whole(one) and 0 <= one < size for one in found):
        raise wrong
    return [int(one) for one in found]


def as_setting(name: str, value: Any, places: int) -> Any:
    """One of the traits that can be set, as it is kept."""
    if name == "temperature":
        if not _is_real(value) or not (value == 0 or COLDEST <= value <= HOTTEST):
            raise ValueError(f"The temperature is 0 (greedy), or from {COLDEST} to {HOTTEST}; you gave {value!r:.60}.")  # fmt: skip
        return float(value)
    if name == "top_p":
        return _between(value, 0, 1, "top_p is a probability")
    if name == "penalty":
        return _between(value, 1, HARSHEST, "The penalty is a number")
    if name == "top_k":
        return None if value is None else _whole(value, 1, MOST_K, "top_k is None (off), or a whole number")
    if name == "shown":
        return _whole(value, 1, MOST_SHOWN, "The number of bars is a whole number")
    if name == "seed":
        return _whole(value, 0, MOST_SEED, "The seed is a whole number")
    return _whole(value, 0, places - 1, "The position is a whole number")


def _between(value: Any, least: int, most: int, what: str) -> float:
    if not _is_real(value) or not least <= value <= most:
        raise ValueError(f"{what} from {least} to {most}; you gave {value!r:.60}.")
    return float(value)


def _whole(value: Any, least: int, most: int, what: str) -> int:
    if not _is_whole(value) or not least <= value <= most:
        raise ValueError(f"{what} from {least} to {most:,}; you gave {value!r:.60}.")
    return int(value)


def _is_real(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


# A model and its text -------------------------------------------------------------------------------------------------


def as_inputs(
    model: Any, tokenizer: Any, text: str, source: str | None
) -> tuple[list[int], dict[str, list[int]]]:
    """The ids that were read, and what the model is called with, {name: ids}."""  # fmt: skip
    if not isinstance(text, str) or not (source is None or isinstance(source, str)):
        raise ValueError(f"Text and source are strings; you gave {(text if not isinstance(text, str) else source)!r:.60}.")  # fmt: skip
    kind = type(model).__name__
    if not model.can_generate():
        raise ValueError(f"A {kind} does not write: load a model that does, load_model(…, head='causal-lm') or 'seq2seq-lm'.")  # fmt: skip
    if not model.config.is_encoder_decoder:
        if source is not None:
            raise ValueError(
                f"A {kind} has no encoder to read a source; put all it shall read into the text."
            )
        ids = tokenizer(text, truncation=False, verbose=False).input_ids
        if not ids:
            raise ValueError("The text has no token, and a model without an encoder has then read nothing: give it at least one.")  # fmt: skip
        check_size(len(ids), model.config.vocab_size)
        return ids, {"input_ids": ids}
    if source is None:
        raise ValueError(f"A {kind} has an encoder: give the text that it reads as source, and as text what the decoder has read.")  # fmt: skip
    told = tokenizer(source, truncation=False, verbose=False).input_ids
    most = min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", None) or 10**9)
    if not 1 <= len(told) <= most:
        raise ValueError(f"The source has 1 to {most:,} tokens; yours has {len(told):,}.")
    start = model.config.decoder_start_token_id
    own = tokenizer(text_target=text, add_special_tokens=False, truncation=False, verbose=False).input_ids
    ids = [start, *own]
    check_size(len(ids), model.config.vocab_size)
    return ids, {"input_ids": told, "decoder_input_ids": ids}
