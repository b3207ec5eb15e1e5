"""T5's relative positions: in which bucket the distance from a query to a key falls, and what bias each head has learned for it.

    from course.widgets import RelativeBuckets
    RelativeBuckets()                                    # the encoder's 32 buckets, up to distance 128
    RelativeBuckets(bidirectional=False, query=20)       # the decoder's
    RelativeBuckets.of(load_model("t5"))                 # with the biases of a model of transformers

Raffel et al. 2020 (T5), section 2.1. `bucket_of` is the formula, on NumPy integers.
"""

import math
import numbers
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from course.widgets import buckets_picture
from course.widgets.base import Visualiser, as_array, picture

if TYPE_CHECKING:
    from transformers import PreTrainedModel

BUCKETS, DISTANCES = (8, 16, 32, 64), (64, 128, 256)  # to choose from, beside those that were asked for
LENGTH = (2, 128)  # positions in the row
MOST_BUCKETS, MOST_DISTANCE, MOST_HEADS = 128, 512, 32
BEYOND = 12  # offsets that the curve shows beyond the largest distance
_WHO = "Relative buckets"


def bucket_of(
    offset: "int | np.ndarray", bidirectional: bool = True, buckets: int = 32, max_distance: int = 128
) -> "int | np.ndarray":
    """In which bucket the offset from a query to a key falls.

    offset: key - query, in tokens; one whole number or an array of them, of any shape. bidirectional: half of the buckets are for keys to
    the right of the query (the upper half), the other for it and keys to the left; otherwise all are for the left, and a key to the right
    falls into the query's own. buckets: how many there are. max_distance: in tokens; from here on everything is in a side's last bucket.
    Of a side's buckets the first half holds one distance each, the others grow with the logarithm of the distance.
    Returns whole numbers from 0 to buckets - 1, in the shape of `offset`. Raises ValueError for offsets that are no whole
    numbers, and for fewer than 2 buckets a side or a largest distance inside the exact ones.
    """
    side = _side(buckets, bidirectional)
    exact = side // 2
    if exact < 1 or max_distance <= exact:
        raise ValueError(_sizes_are(buckets, max_distance, bidirectional))
    given = np.asarray(offset)
    if given.dtype.kind not in "iu":
        raise ValueError(f"An offset is a whole number, key - query; you gave {given.dtype}.")
    given = given.astype(np.int64)
    distance = np.abs(given) if bidirectional else np.maximum(-given, 0)
    # In single precision, as models compute it: where a bucket begins, rounding decides.
    ratio = np.log(np.maximum(distance, exact).astype(np.float32) / exact) / math.log(max_distance / exact)
    grown = exact + (ratio * (side - exact)).astype(np.int64)
    found = np.where(distance < exact, distance, np.minimum(grown, side - 1))
    found = found + side * ((given > 0) & bidirectional)
    return found if given.ndim else int(found)


def _side(buckets: int, bidirectional: bool) -> int:
    return buckets // 2 if bidirectional else buckets


def _sizes_are(buckets: Any, max_distance: Any, bidirectional: bool) -> str:
    least = 4 if bidirectional else 2
    return (
        f"There are {least} buckets at least, and the largest distance is above the exact ones (half of a side's buckets); "
        f"you gave {buckets!r} buckets and {max_distance!r}."
    )


class RelativeBuckets(Visualiser):
    """A row of positions with a query, each key in its bucket, and the curve of bucket against offset.

    length: positions in the row, 2 to 128. query: the position that looks, from 0. bidirectional: an encoder's buckets, or a decoder's.
    buckets: an even number from 4 to 128. max_distance: in tokens, above `buckets` / 2 and up to 512. biases: a table (buckets, heads), one
    number for each bucket and head, at most 32 heads: then its values are drawn, from far left to far right, and what it was learned for
    (buckets, distance, direction) cannot be changed. offset: key - query, of the pair that is marked.

    Traits, shared with the picture: query, offset, bidirectional, buckets, max_distance; length and `biases` (for each head a list of a
    number a bucket) are read only. The offset is from -(max_distance + 12) to max_distance + 12.
    Raises ValueError for what is out of range and a table that is none; setting a trait out of range raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    length = traitlets.Int(40, read_only=True).tag(sync=True)
    query = traitlets.Int(0).tag(sync=True)
    offset = traitlets.Int(0).tag(sync=True)
    bidirectional = traitlets.Bool(True).tag(sync=True)
    buckets = traitlets.Int(32).tag(sync=True)
    max_distance = traitlets.Int(128).tag(sync=True)
    biases = traitlets.List(read_only=True).tag(sync=True)
    _choices = traitlets.Dict(read_only=True).tag(sync=True)  # buckets, distances, beyond
    # "buckets of a side/largest distance" -> for each of these buckets the smallest distance that falls into it or a later one
    _edges = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self, length: int = 40, query: int | None = None, bidirectional: bool = True, buckets: int = 32, max_distance: int = 128,
        biases: Sequence[Sequence[float]] | None = None, *, offset: int | None = None,
    ):  # fmt: skip
        _whole(length, *LENGTH, f"row has {LENGTH[0]} to {LENGTH[1]} positions")
        _whole(buckets, 4, MOST_BUCKETS, f"number of buckets is even, from 4 to {MOST_BUCKETS}", even=True)
        least = buckets // 2 + 1
        _whole(
            max_distance,
            least,
            MOST_DISTANCE,
            f"largest distance is from {least} to {MOST_DISTANCE} for {buckets} buckets",
        )
        query = length // 2 if query is None else query
        _whole(query, 0, length - 1, f"query is a position from 0 to {length - 1}")
        offset = -min(query, 5) if offset is None else offset
        reach = int(max_distance) + BEYOND
        _whole(offset, -reach, reach, f"offset is from {-reach} to {reach}")
        table = [] if biases is None else _table(biases, int(buckets))
        super().__init__()
        self.bidirectional, self.buckets, self.max_distance = (
            bool(bidirectional),
            int(buckets),
            int(max_distance),
        )
        self.query, self.offset = int(query), int(offset)
        counts, distances = _to_choose(self.buckets, self.max_distance, fixed=bool(table))
        edges = {
            f"{side}/{distance}": _edges_of(side, distance)
            for side in sorted({_side(count, both) for count in counts for both in (True, False)})
            for distance in distances
        }
        choices = {"buckets": counts, "distances": distances, "beyond": BEYOND}
        made = {"length": int(length), "biases": table, "_choices": choices, "_edges": edges}
        for name, value in made.items():
            self.set_trait(name, value)

    @classmethod
    def of(cls, model: "PreTrainedModel", stack: str = "encoder", **options: Any) -> "RelativeBuckets":
        """With the biases that a T5 model of transformers has learned in its encoder or decoder, which all layers of it share.

        options: as for RelativeBuckets, but for what the model fixes. Raises ValueError for a model without such a table.
        """
        if stack not in ("encoder", "decoder"):
            raise ValueError(f"The stack is encoder or decoder; you gave {stack!r}.")
        for name in ("bidirectional", "buckets", "max_distance", "biases"):
            if name in options:
                raise ValueError(f"The model has its own {name}; leave it out.")
        try:
            attention = getattr(model, stack).block[0].layer[0].SelfAttention
            table = attention.relative_attention_bias.weight
            sizes = attention.relative_attention_num_buckets, attention.relative_attention_max_distance
        except AttributeError:
            raise ValueError(
                f"{_WHO} are read from a T5 model of transformers with {'an' if stack == 'encoder' else 'a'} {stack}; "
                f"you gave a {type(model).__name__}."
            ) from None
        return cls(
            bidirectional=stack == "encoder", buckets=sizes[0], max_distance=sizes[1], biases=table, **options
        )

    @traitlets.validate("query", "offset", "buckets", "max_distance", "bidirectional")
    def _valid(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if not self._edges:
            return value  # it is being made
        if self.biases and name not in ("query", "offset") and value != getattr(self, name):
            raise traitlets.TraitError(f"The biases were learned for this {name}: it stays as it is.")
        reach = self.max_distance + BEYOND
        allowed = {
            "query": range(self.length), "offset": range(-reach, reach + 1), "buckets": self._choices["buckets"],
            "max_distance": self._choices["distances"], "bidirectional": (True, False),
        }[name]  # fmt: skip
        if value not in allowed:
            said = (
                f"from {allowed[0]} to {allowed[-1]}"
                if isinstance(allowed, range)
                else f"one of {', '.join(map(str, allowed))}"
            )
            raise traitlets.TraitError(f"The {name} is {said} here; you gave {value}.")
        return value

    @traitlets.observe("max_distance")
    def _keep_the_offset_inside(self, change):
        reach = change["new"] + BEYOND
        self.offset = max(-reach, min(reach, self.offset))

    # What is true of the pair that is marked --------------------------------------------------------------------------

    def _bucket(self, offset: int) -> int:
        return bucket_of(offset, self.bidirectional, self.buckets, self.max_distance)

    def _never(self) -> int | None:
        """The bucket in which nothing falls: distance 0 to the right."""
        return self.buckets // 2 if self.bidirectional else None

    def _range(self, offset: int) -> tuple[int | None, int | None]:
        """(first, last) of the offsets that share this one's bucket; None where they go on for ever."""
        if not self.bidirectional and offset >= 0:
            return 0, None
        side = _side(self.buckets, self.bidirectional)
        edges = self._edges[f"{side}/{self.max_distance}"]
        place = self._bucket(offset) % side
        near = edges[place] if offset <= 0 else max(1, edges[place])
        far = edges[place + 1] - 1 if place + 1 < side else None
        return (near, far) if offset > 0 else (None if far is None else -far, -near)

    def _order(self) -> list[int]:
        """The buckets that are used, from far left to far right."""
        side = _side(self.buckets, self.bidirectional)
        return [*range(side - 1, -1, -1), *(range(side + 1, 2 * side) if self.bidirectional else ())]

    def _said(self) -> str:
        """The marked pair in words."""
        offset, (first, last) = self.offset, self._range(self.offset)
        where = (
            "the query itself" if offset == 0 else f"{abs(offset)} to the {'right' if offset > 0 else 'left'}"
        )
        key = self.query + offset
        pair = f"Query {self.query}, key {key}: offset" if 0 <= key < self.length else "Offset"
        said = (
            f"{pair} {_signed(offset)}, {where}. Bucket {self._bucket(offset)} of 0 to {self.buckets - 1}, "
        )
        if first is None:
            said += f"shared by {_signed(last)} and all offsets further left."
        elif last is None:
            said += f"shared by {_signed(first)} and all offsets further right."
        elif first == last:
            said += "for this offset alone."
        else:
            said += f"shared by the offsets from {_signed(first)} to {_signed(last)}."
        if offset > 0 and not self.bidirectional:
            said += " A decoder does not see keys to the right: its mask hides them."
        return said

    def _at(self) -> list[float]:
        """For each head the bias of the marked pair."""
        return [head[self._bucket(self.offset)] for head in self.biases]

    # The static picture -----------------------------------------------------------------------------------------------

    def _alt(self):
        kind = (
            "keys on both sides, as in an encoder"
            if self.bidirectional
            else "keys to the left, as in a decoder"
        )
        said = f"{self.buckets} buckets for {kind}, up to distance {self.max_distance}. {self._said()}"
        if self.biases:
            values = ", ".join(f"{k}: {buckets_picture.value(x)}" for k, x in enumerate(self._at()))
            said += f" Its bias in head {values}."
        return said

    def _svg(self):
        parts, width, height = buckets_picture.drawn(self)
        return picture(parts, width=width, height=height, title="Relative buckets", description=self._alt())


def _signed(offset: int) -> str:
    return f"{offset:+d}".replace("-", "−") if offset else "0"


def _to_choose(buckets: int, max_distance: int, fixed: bool) -> tuple[list[int], list[int]]:
    """Numbers of buckets and largest distances of which every pair makes sense, with the two that were asked for."""
    if fixed:
        return [buckets], [max_distance]
    distances = sorted({max_distance, *(one for one in DISTANCES if one > buckets // 2)})
    return sorted({buckets, *(one for one in BUCKETS if one // 2 < distances[0])}), distances


def _edges_of(side: int, max_distance: int) -> list[int]:
    """For each bucket of a side the smallest distance that falls into it, or into a later one where none does."""
    found = bucket_of(-np.arange(max_distance + 1), False, side, max_distance)
    return np.searchsorted(found, np.arange(side)).tolist()


def _whole(given: Any, least: int, most: int, what: str, even: bool = False) -> None:
    whole = isinstance(given, numbers.Integral) and not isinstance(given, bool)
    if not whole or not least <= given <= most or (even and given % 2):
        raise ValueError(f"The {what}; you gave {given!r}.")


def _table(given: Any, buckets: int) -> list[list[float]]:
    """For each head a list of one number a bucket; ValueError where it is no such table."""
    try:
        table = as_array(given, np.float64)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(
            f"The biases are a table of numbers (buckets, heads); you gave a {type(given).__name__}."
        ) from None
    if table.ndim != 2 or len(table) != buckets or not 1 <= table.shape[1] <= MOST_HEADS:
        raise ValueError(
            f"The biases are a table ({buckets} buckets, 1 to {MOST_HEADS} heads); yours has the shape {table.shape}."
        )
    if not np.isfinite(table).all():
        raise ValueError("The biases are finite numbers; there is a nan or an infinity in yours.")
    return table.T.tolist()
