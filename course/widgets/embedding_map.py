"""The embedding map: word vectors flattened to a plane, each word with its true neighbours.

    from course.widgets import EmbeddingMap
    EmbeddingMap(model.embeddings.weight, vocabulary, groups=kind_of_word)

The plane is a 2-D principal component analysis, which throws most of the space away: the widget says how much. The
neighbours that light up are those of the *whole* space, by cosine, so they need not be the closest dots.
"""

import html
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np
import traitlets

from course.widgets.base import Visualiser, as_array, picture

MAX_WORDS = 2_000
MAX_NEIGHBOURS = 50
SIZE = (640, 440)  # the drawing, as in embedding_map.js
EDGE = 28

# Okabe & Ito's palette (jfly.uni-koeln.de/color), readable by the colour-blind; each group has a shape of its own too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#888888")
SHAPES = {
    "circle": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "square": "M-4.5-4.5h9v9h-9z",
    "triangle": "M0-6l5.6 10h-11.2z",
    "diamond": "M0-6.4l6.4 6.4l-6.4 6.4l-6.4-6.4z",
    "plus": "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    "triangle down": "M0 6l-5.6-10h11.2z",
    "star": "M0-7l1.8 4.6l5 .3l-3.9 3.1l1.3 4.8l-4.2-2.7l-4.2 2.7l1.3-4.8l-3.9-3.1l5-.3z",
    "bow tie": "M-6-5l6 3l6-3v10l-6-3l-6 3z",
}


class EmbeddingMap(Visualiser):
    """A map of word vectors: hover, search or walk to a word, and its nearest words are lit and listed.

    vectors: float (n, d), a torch tensor or a NumPy array; 3 to 2,000 words.
    words: n strings.
    groups: one label a word, as n labels or as a dict word -> label (a word not in it is in "other"); None: one group.
    neighbours: how many nearest words to show, 1 to 50.

    Trait, shared with the picture: pinned (the index of the pinned word, or None).
    Raises ValueError for wrong shapes or lengths, values that are not finite, and too few or too many words.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    words = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    pinned = traitlets.Int(None, allow_none=True).tag(sync=True)

    # Packed little-endian numbers: 2,000 words with 8 neighbours are 80 KB so, and 0.7 MB as JSON.
    _groups = traitlets.List().tag(sync=True)  # {name, colour, shape, path}
    _group_of = traitlets.Bytes().tag(sync=True)  # uint8 (n,)
    _places = traitlets.Bytes().tag(sync=True)  # float32 (n, 2): x, y in the drawing of SIZE
    _nearest = traitlets.Bytes().tag(sync=True)  # uint16 (n, k), nearest first
    _cosines = traitlets.Bytes().tag(sync=True)  # int16 (n, k): round(cosine x 10,000)
    _dimensions = traitlets.Int().tag(sync=True)
    _explained = traitlets.List(traitlets.Float()).tag(sync=True)  # share of the variance, (2,)

    def __init__(self, vectors, words: Sequence[str], groups=None, neighbours: int = 8):
        words = list(words)
        vectors = _matrix(vectors, words)
        if neighbours not in range(1, MAX_NEIGHBOURS + 1):
            raise ValueError(
                f"The number of neighbours is a whole number from 1 to {MAX_NEIGHBOURS}; you gave {neighbours}."
            )
        labels = _labels(groups, words)
        names = list(dict.fromkeys(labels))
        plane, explained = _plane(vectors)
        nearest, cosines = _neighbours(vectors, min(neighbours, len(words) - 1))
        super().__init__(
            _groups=[_mark(number, name) for number, name in enumerate(names)],
            _group_of=np.array([names.index(label) for label in labels], "u1").tobytes(),
            _places=_fitted(plane).astype("<f4").tobytes(),
            _nearest=nearest.astype("<u2").tobytes(),
            _cosines=np.round(cosines * 10_000).astype("<i2").tobytes(),
            _dimensions=vectors.shape[1],
            _explained=[float(share) for share in explained],
        )
        self.set_trait("words", words)

    @traitlets.validate("pinned")
    def _valid_pinned(self, proposal):
        index = proposal["value"]
        if index is not None and not 0 <= index < len(self.words):
            raise traitlets.TraitError(
                f"`pinned` is a word's index from 0 to {len(self.words) - 1}, or None; you gave {index}."
            )
        return index

    # The static picture ---------------------------------------------------------------------------------------------

    def _alt(self):
        shares = sum(self._explained)
        alt = (
            f"{len(self.words):,} words in {self._dimensions} dimensions, laid out by the two main directions (PCA), "
            f"which keep {100 * shares:.0f} % of the variance."
        )
        if len(self._groups) > 1:
            alt += (
                " Groups: " + ", ".join(f"{group['name']} ({group['shape']})" for group in self._groups) + "."
            )
        if self.pinned is not None:
            alt += f" “{self.words[self.pinned]}” is pinned; lines lead to its nearest words."
        return alt

    def _svg(self):
        width, height = SIZE
        xy = np.frombuffer(self._places, "<f4").reshape(-1, 2)
        group_of = np.frombuffer(self._group_of, "u1")
        nearest = np.frombuffer(self._nearest, "<u2").reshape(len(self.words), -1)
        lit = [] if self.pinned is None else [self.pinned, *nearest[self.pinned]]
        parts = [
            f'<path d="M{xy[lit[0], 0]:.1f} {xy[lit[0], 1]:.1f}L{xy[other, 0]:.1f} {xy[other, 1]:.1f}" '
            'stroke="currentColor" stroke-opacity=".6"/>'
            for other in lit[1:]
        ]
        for index, (x, y) in enumerate(xy):
            mark = self._groups[group_of[index]]
            faint = ' opacity=".3"' if lit and index not in lit else ""
            parts.append(
                f'<path transform="translate({x:.1f} {y:.1f})" d="{mark["path"]}" fill="{mark["colour"]}" '
                f'stroke="currentColor" stroke-width=".5"{faint}/>'
            )
        for index, x, y in _placed_labels(self.words, xy, lit):
            bold = ' font-weight="700"' if index == self.pinned else ""
            parts.append(
                f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="12"{bold}>{html.escape(self.words[index])}</text>'
            )
        legend = 0
        if len(self._groups) > 1:
            for number, mark in enumerate(self._groups):
                x, y = EDGE + number % 4 * 150, height + 12 + number // 4 * 22
                parts.append(
                    f'<path transform="translate({x} {y})" d="{mark["path"]}" fill="{mark["colour"]}" stroke="currentColor" stroke-width=".5"/>'
                )
                parts.append(
                    f'<text x="{x + 12}" y="{y + 4}" font-size="13">{html.escape(mark["name"])}</text>'
                )
            legend = 26 + (len(self._groups) - 1) // 4 * 22
        return picture(
            "".join(parts),
            width=width,
            height=height + legend,
            title="Embedding map",
            description=self._alt(),
        )


def _matrix(vectors, words) -> np.ndarray:
    """`vectors` as float64 (n, d) in NumPy, or a ValueError that says in one sentence what is wrong with them."""
    vectors = as_array(vectors, np.float64)
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise ValueError(
            f"The vectors are one matrix, (words, dimensions); yours have the shape {vectors.shape}."
        )
    if len(vectors) != len(words):
        raise ValueError(
            f"Each word needs one vector: you gave {len(words):,} words and {len(vectors):,} vectors."
        )
    if len(words) < 3:
        raise ValueError(f"A map needs at least 3 words; you gave {len(words)}.")
    if len(words) > MAX_WORDS:
        raise ValueError(
            f"A map draws at most {MAX_WORDS:,} words; you gave {len(words):,}. Take the most frequent, vectors[:{MAX_WORDS}]."
        )
    if not all(isinstance(word, str) for word in words):
        raise ValueError("The words are strings; something else is in your list.")
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise ValueError(
            f"The vector of “{words[bad[0]]}” holds NaN or infinity ({len(bad):,} of {len(words):,} vectors do): "
            "look at the learning rate, or at a division by zero."
        )
    return vectors


def _labels(groups, words) -> list[str]:
    if groups is None:
        return ["words"] * len(words)
    labels = [groups.get(word, "other") for word in words] if isinstance(groups, Mapping) else list(groups)
    labels = [str(label) for label in labels]
    if len(labels) != len(words):
        raise ValueError(
            f"Each word needs one group: you gave {len(words):,} words and {len(labels):,} groups."
        )
    if len(set(labels)) > len(COLOURS) * len(SHAPES):
        raise ValueError(
            f"A map can tell {len(COLOURS) * len(SHAPES)} groups apart; you gave {len(set(labels))}."
        )
    return labels


def _mark(number: int, name: str) -> dict:
    """Colour and shape of one group. The first eight differ in both; after that, the pair is still its own."""
    shape = list(SHAPES)[(number + number // len(COLOURS)) % len(SHAPES)]
    return {"name": name, "colour": COLOURS[number % len(COLOURS)], "shape": shape, "path": SHAPES[shape]}


def _plane(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first two principal components, (n, 2), and the share of the variance that each keeps, (2,)."""
    centred = vectors - vectors.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(vectors), 2))
    kept = min(2, len(sizes))
    plane[:, :kept] = left[:, :kept] * sizes[:kept]
    # A component's sign is arbitrary: the largest value is made positive, so that every machine draws the same map.
    peaks = plane[np.abs(plane).argmax(axis=0), [0, 1]]
    plane *= np.where(peaks < 0, -1, 1)
    variance = (sizes**2).sum()
    explained = np.zeros(2)
    if variance > 0:  # else all vectors are one and the same, and lie in the middle
        explained[:kept] = sizes[:kept] ** 2 / variance
    return plane, explained


def _fitted(plane: np.ndarray) -> np.ndarray:
    """The plane in the units of the drawing, y down; one scale for both axes, so that distances stay comparable."""
    room = np.array(SIZE) - 2 * EDGE
    low, spread = plane.min(axis=0), np.ptp(plane, axis=0)
    scale = min((r / s for r, s in zip(room, spread, strict=True) if s > 0), default=1.0)
    return np.array(SIZE) / 2 + (plane - low - spread / 2) * scale * [1, -1]


def _neighbours(vectors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices and cosines of each word's `count` nearest others, (n, count) each, nearest first.

    A zero vector has no direction: its cosines are 0.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    cosines = unit @ unit.T  # (n, n): 32 MB at 2,000 words, gone when this returns
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
    return nearest, np.clip(np.take_along_axis(cosines, nearest, axis=1), -1, 1)


def _placed_labels(words, xy, lit):
    """(index, x, y) of the middles of the labels; lit words' always, else of as many words as find room.

    Each label takes the place beside its dot that covers least: the rule of embedding_map.js, in NumPy.
    """
    order = list(lit) or range(min(len(words), 400))
    sides, dots = (_FAR, xy[order]) if lit else (_NEAR, xy)
    taken = np.empty((0, 3))  # x, y of the middle, half width
    for index in order:
        half = 3.5 * len(words[index])
        places = xy[index] + sides * [half + 9, 1]
        covered = [
            4 * np.sum((np.abs(taken[:, 0] - x) < taken[:, 2] + half + 2) & (np.abs(taken[:, 1] - y) < 14))
            + np.sum((np.abs(dots[:, 0] - x) < half + 5) & (np.abs(dots[:, 1] - y) < 11))
            + 8 * (x - half < 0 or x + half > SIZE[0] or not 8 < y < SIZE[1] - 8)
            for x, y in places
        ]
        if lit:
            covered = np.array(covered) + np.abs(sides[:, 1]) / 30
        best = int(np.argmin(covered))
        if lit or not covered[best]:
            x, y = places[best]
            taken = np.vstack([taken, [x, y, half]])
            yield index, x, y + 4


# Where a label may stand: right or left of its dot (1, -1) or in its middle (0), so many units down.
_NEAR = np.array([(1, 0), (-1, 0), (0, -15), (0, 15)])
_FAR = np.array([*_NEAR, *((side, down) for down in (-14, 14, -28, 28, -42, 42) for side in (1, -1))])
