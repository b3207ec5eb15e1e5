"""Span corruption, counted and drawn: how many tokens are noise, in how many spans, and which (Raffel et al. 2020, section 3.1.4).

    numbers = numbers_of(40, rate=0.15, mean=3)                # noise 6, spans 2, and how that is reckoned
    masks = drawn(numbers, times=1_000, random=generator)      # bool (draw, token), True = noise
    counted(masks)                                             # what these draws have in common

For `SpanStepper`, which shows it. Whoever learns to write this writes it alone: lab 08 does not import it.
"""

import math
from typing import NamedTuple

import numpy as np

LONGEST = 12  # lengths of spans are counted one by one up to here; what is longer is counted together


class Numbers(NamedTuple):
    """Of a text: tokens, noise tokens, spans; `said` are sentences that show how these come about."""

    tokens: int
    noise: int
    spans: int
    said: list[str]


def numbers_of(tokens: int, rate: float, mean: int) -> Numbers:
    """How many of so many tokens are noise and in how many spans. tokens: from 2; rate: the share to hide; mean: tokens a span, about.

    A half is rounded to the even number, as Python's `round` does. There are never more spans than kept tokens, of which each span
    needs one in front of it.
    """
    product = rate * tokens
    rounded = round(product)
    noise = min(max(rounded, 1), tokens - 1)
    said = [f"noise = round({rate:g} × {tokens}) = round({product:g}) = {rounded}{_half(product)}"]
    if noise != rounded:
        said[0] += f", but at least 1 and at most {tokens - 1}: {noise}"
    quotient = noise / mean
    wanted = max(1, round(quotient))
    kept = tokens - noise
    spans = min(wanted, kept)
    said.append(
        f"spans = max(1, round({noise} / {mean})) = max(1, round({quotient:.3g})) = {wanted}{_half(quotient)}"
    )
    if spans != wanted:
        said[1] += f", but each needs a kept token in front: {spans}"
    said.append(_ways(kept, noise, spans))
    return Numbers(tokens, noise, spans, said)


def _ways(kept: int, noise: int, spans: int) -> str:
    ways = math.comb(kept - 1, spans - 1) * math.comb(noise - 1, spans - 1)
    one = "There is only one such mask: every draw gives it."
    if spans == 1:
        return f"One span: the {kept} kept {_s('token', kept)} first, then the {noise} noise {_s('token', noise)}. {one}"
    many = f"{ways:,}" if ways < 1_000_000 else "More than a million"
    count = one if ways == 1 else f"{many} such masks, all equally likely."
    return f"The {kept} kept tokens are cut at random into {spans} parts, the {noise} noise tokens too; then they are put in turn, kept first. {count}"


def _half(number: float) -> str:
    return " (a half goes to the even number)" if number % 1 == 0.5 else ""


def _s(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def drawn(numbers: Numbers, times: int, random: np.random.Generator) -> np.ndarray:
    """bool (draw, token), True = noise: kept and noise in turn, kept first, each cut into parts with all ways as likely."""
    sizes = np.stack(
        [
            _parts(numbers.tokens - numbers.noise, numbers.spans, times, random),
            _parts(numbers.noise, numbers.spans, times, random),
        ],
        -1,
    )  # (draw, span, kept or noise)
    ends = sizes.reshape(times, -1).cumsum(1)[:, :-1]
    changes = np.zeros((times, numbers.tokens), int)
    np.put_along_axis(changes, ends, 1, axis=1)
    return changes.cumsum(1) % 2 == 1


def _parts(total: int, parts: int, times: int, random: np.random.Generator) -> np.ndarray:
    """int (draw, part): each row whole numbers from 1 that give `total` together; the cuts are drawn among the total - 1 gaps."""
    gaps = random.random((times, total - 1)).argsort(1)[:, : parts - 1]
    cuts = np.sort(gaps, 1) + 1
    edge = np.zeros((times, 1), int)
    return np.diff(np.concatenate([edge, cuts, edge + total], 1), axis=1)


def alone(tokens: int, rate: float, times: int, random: np.random.Generator) -> np.ndarray:
    """bool (draw, token): each token is noise by a chance of its own, whatever the others are."""
    return random.random((times, tokens)) < rate


def counted(masks: np.ndarray) -> dict[str, list[float]]:
    """What many masks give, bool (draw, token) in.

    often: for each token, in how many draws it is noise. lengths: how many spans of length 1, 2, … LONGEST, and longer. length, sentinels,
    input, target: [least, mean, most] of the tokens of a span, of the sentinels in the input, and of the tokens of input and target,
    `</s>` counted. none: in how many draws nothing is noise; then no span has a length, and `length` may be empty.
    """
    edges = np.diff(np.pad(masks, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    begins, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    lengths = ends[:, 1] - begins[:, 1]
    runs, noise = (edges == 1).sum(1), masks.sum(1)
    read = masks.shape[1] - noise + runs + 1
    written = noise + runs + ~masks[:, -1] + 1
    return {
        "often": masks.sum(0).tolist(),
        "lengths": np.bincount(np.minimum(lengths, LONGEST + 1), minlength=LONGEST + 2)[1:].tolist(),
        "length": _spread(lengths), "sentinels": _spread(runs), "input": _spread(read), "target": _spread(written),
        "none": int((runs == 0).sum()),
    }  # fmt: skip


def _spread(numbers: np.ndarray) -> list[float]:
    return [int(numbers.min()), float(numbers.mean()), int(numbers.max())] if len(numbers) else []


def runs_of(mask: list[bool]) -> list[tuple[int, int]]:
    """(begin, end) of each run of noise; `end` is the first place after it."""
    begins = [i for i, one in enumerate(mask) if one and not (i and mask[i - 1])]
    ends = [i + 1 for i, one in enumerate(mask) if one and not (i + 1 < len(mask) and mask[i + 1])]
    return list(zip(begins, ends, strict=True))
