"""What a mask lets through: what it does to one layer (`judged`), and what reaches what through several (`reachable`).

reachable(causal().array(6), layers=2)           # bool (output, input)
path(sliding_window(1).array(6), 3, output=5, input=2)
judged(mask.array(6))                            # sentences about it
"""

from typing import NamedTuple

import numpy as np

from course.masks.rules import Mask


def source_of(mask: Mask) -> int:
    """How many of the tokens are an encoder's: 0 where the mask is of one stack."""
    return max((part.values[0] for part in mask.parts() if part.rule.name == "encoder_decoder"), default=0)


def reachable(bits: np.ndarray, layers: int, source: int = 0) -> np.ndarray:
    """Which inputs can change which outputs after so many layers with residual connections: bool (output, input).

    bits: bool (query, key), True = may attend. source: the first so many tokens are an encoder's of as many layers, and the
    decoder's queries see its *last* layer. Residual connections carry a token past a layer that does not see it: (I or M)^layers.
    """
    n = _square(bits)
    if layers < 0:
        raise ValueError(f"The number of layers is 0 or more; you gave {layers}.")
    if not 0 <= source <= n:
        raise ValueError(f"The source has from 0 to {n} tokens; you gave {source}.")
    step = bits | np.eye(n, dtype=bool)
    out = np.eye(n, dtype=bool)
    if not source:
        for _ in range(layers):
            out = _times(step, out)
        return out
    encoder = np.eye(source, dtype=bool)
    for _ in range(layers):
        encoder = _times(step[:source, :source], encoder)
    out[:source, :source] = encoder
    crossed = np.zeros((n - source, n), dtype=bool)
    crossed[:, :source] = _times(bits[source:, :source], encoder)
    decoder = out[source:].copy()
    for _ in range(layers):
        decoder = _times(step[source:, source:], decoder) | crossed
    out[source:] = decoder
    return out


def _times(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return (one.astype(np.float32) @ two.astype(np.float32)) > 0


class Stop(NamedTuple):
    """A place on a path: in which stack ("stack", or "encoder" and "decoder"), after how many layers, which token."""

    stack: str
    layer: int
    place: int


def path(bits: np.ndarray, layers: int, output: int, input: int, source: int = 0) -> list[Stop]:
    """One way from an output, after `layers` layers, down to an input; [] where there is none.

    Of all ways one that stays where it is as long as it can and then moves: the last moves come first from below.
    """
    n = _square(bits)
    for name, place in (("output", output), ("input", input)):
        if not 0 <= place < n:
            raise ValueError(f"The {name} is a place from 0 to {n - 1}; you gave {place}.")
    stack = "stack" if not source else "encoder" if output < source else "decoder"
    first = Stop(stack, layers, output)
    came: dict[Stop, Stop | None] = {first: None}
    frontier = [first]
    while frontier:
        following = []
        for stop in frontier:
            if stop.layer == 0 and stop.place == input and not (stop.stack == "decoder" and input < source):
                way = [stop]
                while (before := came[way[-1]]) is not None:
                    way.append(before)
                return way[::-1]
            for down in _below(bits, stop, layers, source):
                if down not in came:
                    came[down] = stop
                    following.append(down)
        frontier = following
    return []


def _below(bits: np.ndarray, stop: Stop, layers: int, source: int) -> list[Stop]:
    """Where what is known at a stop may come from: itself one layer down first, then what it attends to."""
    if stop.layer == 0:
        return []
    down = [Stop(stop.stack, stop.layer - 1, stop.place)]
    for key in np.flatnonzero(bits[stop.place]).tolist():
        if stop.stack == "decoder" and key < source:
            down.append(Stop("encoder", layers, key))
        elif stop.stack != "encoder" or key < source:
            down.append(Stop(stop.stack, stop.layer - 1, key))
    return down


class Judged(NamedTuple):
    """What can be said of a mask at a glance. leaks: how many cells see a later token, and the first of them."""

    leaks: int
    first_leak: tuple[int, int] | None
    empty: tuple[int, ...]  # queries that see nothing
    prefix: int | None  # of the prefix LM that it is; 0 or 1 is causal, all tokens fully visible

    def sentences(self, n: int) -> list[str]:
        """The same in words, with places counted from 0."""
        out = []
        if self.leaks:
            q, k = self.first_leak
            out.append(
                f"{self.leaks:,} cell{'s see' if self.leaks > 1 else ' sees'} a later token; the first: {q} sees {k}."
            )
        else:
            out.append("No query sees a later token: fit to guess the next one.")
        if self.empty:
            many = f"{len(self.empty):,} queries see" if len(self.empty) > 1 else "1 query sees"
            out.append(f"{many} nothing, {self.empty[0]} first: softmax over nothing is NaN.")
        if self.prefix is not None and n:
            if self.prefix >= n:
                out.append("It is the fully visible mask.")
            elif self.prefix <= 1:
                out.append("It is the causal mask.")
            else:
                out.append(f"It is a prefix LM, with a prefix of {self.prefix}.")
        return out


def judged(bits: np.ndarray) -> Judged:
    """Facts about a mask: bool (query, key)."""
    n = _square(bits)
    leaks = np.argwhere(np.triu(bits, 1))
    place = np.arange(n)
    prefix = int(bits[0].sum()) if n else 0
    is_prefix = n > 0 and (bits == ((place[None] <= place[:, None]) | (place[None] < prefix))).all()
    return Judged(
        len(leaks), tuple(leaks[0].tolist()) if len(leaks) else None, tuple(np.flatnonzero(~bits.any(1)).tolist()), prefix if is_prefix else None
    )  # fmt: skip


def blocked_by(mask: Mask, n: int, q: int, k: int) -> list[str]:
    """Why a query may not attend to a key: a sentence of each rule that hides it; [] where it may."""
    from course.masks import rules

    def why(one: Mask, wanted: bool) -> list[str]:
        """What makes `one` differ from `wanted` in that cell."""
        if bool(one.array(n)[q, k]) is wanted:
            return []
        if isinstance(one, rules.Named):
            return [f"{one}: {one.rule.blocks}" if wanted else f"not {one}: it lets this key through"]
        if isinstance(one, rules.Not):
            return why(one.mask, not wanted)
        return why(one.one, wanted) + why(one.two, wanted)

    return why(mask, True)


def _square(bits: np.ndarray) -> int:
    if bits.ndim != 2 or bits.shape[0] != bits.shape[1] or bits.dtype != bool:
        raise ValueError(
            f"A mask is boolean and square, (query, key); yours is {bits.dtype} of shape {bits.shape}."
        )
    return bits.shape[0]
