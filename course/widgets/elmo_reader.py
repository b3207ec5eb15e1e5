"""The ELMo reader: what each of two one-way readers has read at a place of a text, what it expects, and the mix of their layers.

    from course.widgets import ElmoReader
    ElmoReader("we were on the right side of history")
    ElmoReader.of(load_model("elmo"), load_tokenizer("elmo"), "We were on the right side of history.")

Without a model it shows what is read; with one, also which words each reader expects, and sliders for the scalar mix: how near the
vectors of a text's tokens are to each other under any weights.
"""

import html
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from course.widgets.base import Visualiser, as_array, picture
from course.widgets.window_stepper import text_width, tokens_of

MAX_TOKENS = 60
MAX_LAYERS = 8
RAW = (-4.0, 4.0)  # of a raw weight
GAMMA = (0.1, 4.0)
NEAREST = 4


class ElmoReader(Visualiser):
    """One text, a place in it, and two readers on their way to that place.

    text_or_tokens: a text (split into words and punctuation marks) or a list of tokens, at most 60. ahead, back: for each place the
    words that the reader from the left, or from the right, expects next, as lists of (word, probability). states: float
    (layers, tokens, dim), the vectors to be mixed. position: from 0.

    Traits, shared with the picture: tokens, position, weights (one raw weight a layer), gamma.
    Raises ValueError for no text or too long a one, and for lists or states that do not go with it.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    weights = traitlets.List(traitlets.Float()).tag(sync=True)
    gamma = traitlets.Float(1.0).tag(sync=True)
    _expected = traitlets.Dict(read_only=True).tag(
        sync=True
    )  # "ahead", "back" -> for each place [[word, probability], ...]
    _products = traitlets.Bytes(read_only=True).tag(
        sync=True
    )  # float32 (layer, layer, token, token): inner products

    def __init__(
        self, text_or_tokens: str | Sequence[str], *, ahead: Sequence | None = None, back: Sequence | None = None,
        states: Any = None, position: int = 0,
    ):  # fmt: skip
        tokens = tokens_of(text_or_tokens, "The ELMo reader", MAX_TOKENS)
        expected = {}
        for name, lists in (("ahead", ahead), ("back", back)):
            if lists is not None:
                expected[name] = [[[str(word), float(share)] for word, share in some] for some in lists]
                if len(lists) != len(tokens):
                    raise ValueError(
                        f"`{name}` holds what is expected at each of {len(tokens)} places; yours has {len(lists)}."
                    )
        products = np.zeros((0, 0, 0, 0), np.float32) if states is None else _products(states, len(tokens))
        super().__init__()
        for name, value in {
            "tokens": tokens,
            "_expected": expected,
            "_products": products.astype("<f4").tobytes(),
        }.items():
            self.set_trait(name, value)
        self.weights = [0.0] * len(products)
        self.position = position

    @classmethod
    def of(cls, parts: Any, tokenizer: Any, text: str, **options: Any) -> "ElmoReader":
        """The shipped ELMo, or one of the same parts (`course.models.elmo`), on a text. options: as for the class."""
        import torch

        encoded = tokenizer(text, return_tensors="pt", truncation=True, max_length=MAX_TOKENS)
        with torch.no_grad():
            states = _states(parts, encoded.input_ids)  # (layers + 1, tokens, 2 * width)
            scores = [parts["output"](half) for half in states[-1].chunk(2, dim=-1)]  # (tokens, words) each
        ahead, back = ([_likeliest(tokenizer, row) for row in some.softmax(-1)] for some in scores)
        tokens = tokenizer.convert_ids_to_tokens(encoded.input_ids[0])
        return cls(tokens, ahead=ahead, back=back, states=states, **options)

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        if not 0 <= proposal["value"] < max(1, len(self.tokens)):
            raise traitlets.TraitError(
                f"The position is an index from 0 to {len(self.tokens) - 1} here; you gave {proposal['value']}."
            )
        return proposal["value"]

    @traitlets.validate("weights")
    def _valid_weights(self, proposal):
        layers = round((len(self._products) / 4) ** 0.5 / max(1, len(self.tokens)))
        if len(proposal["value"]) != layers or not all(RAW[0] <= w <= RAW[1] for w in proposal["value"]):
            raise traitlets.TraitError(
                f"There is a raw weight for each of {layers} layers, from {RAW[0]:g} to {RAW[1]:g}; you gave {proposal['value']}."
            )
        return proposal["value"]

    @traitlets.validate("gamma")
    def _valid_gamma(self, proposal):
        if not GAMMA[0] <= proposal["value"] <= GAMMA[1]:
            raise traitlets.TraitError(
                f"gamma is from {GAMMA[0]} to {GAMMA[1]:g} here; you gave {proposal['value']}."
            )
        return proposal["value"]

    def shares(self) -> np.ndarray:
        """float (layers,): the softmax of the raw weights."""
        powers = np.exp(np.array(self.weights) - max(self.weights, default=0.0))
        return powers / powers.sum() if len(powers) else powers

    def cosines(self) -> np.ndarray:
        """float (tokens, tokens): how near the mixed vectors are to each other; gamma changes their length alone."""
        layers, n = len(self.weights), len(self.tokens)
        products = np.frombuffer(self._products, "<f4").reshape(layers, layers, n, n).astype(float)
        shares = self.shares()
        mixed = np.einsum("a,b,abij->ij", shares, shares, products)
        length = np.sqrt(mixed.diagonal().clip(1e-12))
        return mixed / length / length[:, None]

    def nearest(self) -> list[tuple[int, float]]:
        """The other tokens whose mixed vectors are nearest to the one at the position: (place, cosine), nearest first."""
        if not self.weights:
            return []
        row = self.cosines()[self.position]
        order = [int(i) for i in np.argsort(-row, kind="stable") if i != self.position]
        return [(i, float(row[i])) for i in order[:NEAREST]]

    # The static picture ---------------------------------------------------------------------------------------------

    def _alt(self):
        here, n = self.position, len(self.tokens)
        said = f"At “{self.tokens[here]}”, {here + 1} of {n}, the reader from the left has read “{' '.join(self.tokens[: here + 1])}”"
        said += self._expects("ahead", "and guesses the next word")
        said += f"; the reader from the right has read “{' '.join(reversed(self.tokens[here:]))}”"
        said += self._expects("back", "and guesses the word before") + "."
        if self.weights:
            shares = ", ".join(f"{share:.2f}" for share in self.shares())
            near = ", ".join(f"“{self.tokens[i]}” ({i + 1}) {cosine:.2f}" for i, cosine in self.nearest())
            said += f" Layers mixed with shares {shares}: nearest are {near}."
        return said

    def _expects(self, name, words):
        found = self._expected.get(name)
        if not found:
            return ""
        return f" {words}: " + ", ".join(f"{word} {share:.2f}" for word, share in found[self.position])

    def _svg(self):
        parts, y, width = [], 14.0, 900
        lanes = (
            ("from the left", lambda i: i <= self.position, "ahead", "→"),
            ("from the right", lambda i: i >= self.position, "back", "←"),
        )
        for title, read, name, arrow in lanes:
            parts.append(
                f'<text x="10" y="{y + 4:g}" font-size="13" fill-opacity=".75">{arrow} {title}</text>'
            )
            x, y = 10.0, y + 14
            for i, token in enumerate(self.tokens):
                size = text_width(token) + 16
                if x + size > width - 10:
                    x, y = 10.0, y + 36
                parts.append(self._chip(x, y, size, token, here=i == self.position, read=read(i)))
                x += size + 5
            y += 46
            expected = self._expected.get(name)
            if expected:
                said = ",  ".join(f"{word} {share:.2f}" for word, share in expected[self.position])
                parts.append(f'<text x="10" y="{y:g}" font-size="14">expects: {html.escape(said)}</text>')
                y += 14
            y += 14
        if self.weights:
            said = ",  ".join(f"layer {i}: {share:.2f}" for i, share in enumerate(self.shares()))
            near = ",  ".join(f"{self.tokens[i]} ({i + 1}) {cosine:.2f}" for i, cosine in self.nearest())
            parts.append(f'<text x="10" y="{y:g}" font-size="14">mix: {said}</text>')
            parts.append(f'<text x="10" y="{y + 22:g}" font-size="14">nearest: {html.escape(near)}</text>')
            y += 34
        return picture("".join(parts), width=width, height=y, title="ELMo reader", description=self._alt())

    @staticmethod
    def _chip(x, y, size, token, *, here, read):
        colour, fill, stroke = ("#b35900", "#e69f00", 4) if here else ("#0072b2", "#56b4e9", 2)
        box = (
            f'<rect x="{x:g}" y="{y:g}" width="{size:g}" height="28" rx="5" fill="{fill}" fill-opacity=".22" '
            f'stroke="{colour}" stroke-width="{stroke}"/>'
        )
        weight = ' font-weight="700"' if here else "" if read else ' fill-opacity=".65"'
        word = f'<text x="{x + size / 2:g}" y="{y + 19:g}" text-anchor="middle" font-size="16"{weight}>{html.escape(token)}</text>'
        return (box if read else "") + word


def _states(parts: Any, ids: Any) -> Any:
    """(layers + 1, tokens, 2 * width) of one text that stands alone, ids (1, tokens): the reader from the right gets it turned round."""
    import torch

    words = parts["embedding"](ids)  # (1, tokens, width)
    stacks = []
    for name, turn in (("left_to_right", False), ("right_to_left", True)):
        states, layers = words.flip(1) if turn else words, [words]
        for lstm in parts[name]:
            states = lstm(states)[0]
            layers.append(states.flip(1) if turn else states)
        stacks.append(torch.cat(layers))  # (layers + 1, tokens, width)
    return torch.cat(stacks, -1)


def _likeliest(tokenizer, row, k=3) -> list[tuple[str, float]]:
    found = row.topk(k)
    return list(
        zip(tokenizer.convert_ids_to_tokens(found.indices.tolist()), found.values.tolist(), strict=True)
    )


def _products(states: Any, n: int) -> np.ndarray:
    """float32 (layer, layer, token, token): the inner products of all vectors."""
    vectors = as_array(states)
    if vectors.ndim != 3 or vectors.shape[1] != n or not 1 <= vectors.shape[0] <= MAX_LAYERS:
        raise ValueError(
            f"The states are (layers, tokens, dim) with 1 to {MAX_LAYERS} layers and these {n} tokens; yours have the shape {vectors.shape}."
        )
    if not np.isfinite(vectors).all():
        raise ValueError("The states are finite numbers; some of yours are not.")
    return np.einsum("aid,bjd->abij", vectors, vectors)
