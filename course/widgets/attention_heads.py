"""The heads viewer: what each attention head of a model looks at, and what its mask lets it see.

    from course.widgets import AttentionHeads
    AttentionHeads.of(load_model("bert"), load_tokenizer("bert"), "We were on the right side of history.")
    AttentionHeads(output.attentions, tokens)            # of any model that was run with output_attentions=True

Weights travel as one byte each: 12 layers of 12 heads over 128 tokens are 2.4 MB, drawn on canvases, so nothing freezes.
"""

import html
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from course.widgets.attention import weights_of
from course.widgets.base import Visualiser, as_array, picture

MAX_TOKENS = 256
MAX_WEIGHTS = 16_000_000  # bytes


class AttentionHeads(Visualiser):
    """All heads as small squares, one of them large, its weights also in the text.

    attentions: weights (layer, head, query, key), or a list or tuple of a tensor a layer, (1, head, query, key), as `transformers` gives
    them. tokens: of the keys. queries: the queries' tokens where they are others, as in a decoder's cross-attention. mask: bool
    (query, key), True = may attend, drawn over the weights.

    Traits, shared with the picture: layer, head, query (the pinned query's place, or None), from 0.
    Raises ValueError for shapes that do not agree, weights that are no weights, and more than 256 tokens.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    queries = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    layers = traitlets.Int(read_only=True).tag(sync=True)
    heads = traitlets.Int(read_only=True).tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    query = traitlets.Int(None, allow_none=True).tag(sync=True)
    _weights = traitlets.Bytes(read_only=True).tag(sync=True)  # uint8 (layer, head, query, key): 255 is 1
    _mask = traitlets.Bytes(read_only=True).tag(sync=True)  # packed bits (query, key); b"": none

    def __init__(
        self, attentions: Any, tokens: Sequence[str], *, queries: Sequence[str] | None = None, mask: np.ndarray | None = None,
        layer: int = 0, head: int = 0,
    ):  # fmt: skip
        tokens = [str(token) for token in tokens]
        rows = tokens if queries is None else [str(token) for token in queries]
        weights = _as_weights(attentions, len(rows), len(tokens))
        if mask is not None:
            mask = np.asarray(getattr(mask, "numpy", lambda: mask)())
            if mask.dtype != bool or mask.shape != weights.shape[2:]:
                raise ValueError(
                    f"A mask over these weights is a bool array of shape {weights.shape[2:]}; yours is {mask.dtype} of shape {mask.shape}."
                )
        super().__init__()
        for name, value in {
            "tokens": tokens, "queries": rows, "layers": weights.shape[0], "heads": weights.shape[1],
            "_weights": np.rint(weights * 255).astype(np.uint8).tobytes(), "_mask": b"" if mask is None else np.packbits(mask).tobytes(),
        }.items():  # fmt: skip
            self.set_trait(name, value)
        self.layer, self.head = layer, head

    @classmethod
    def of(
        cls, model: Any, tokenizer: Any, text: str, pair: str | None = None, **options: Any
    ) -> "AttentionHeads":
        """The heads of a `transformers` model on a text, or a pair of texts. options: as for the class."""
        attentions, tokens = weights_of(model, tokenizer, text, pair, MAX_TOKENS)
        return cls(attentions, tokens, **options)

    @traitlets.validate("layer", "head", "query")
    def _valid_place(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        most = {"layer": self.layers, "head": self.heads, "query": len(self.queries)}[name]
        if value is not None and not 0 <= value < most:
            raise traitlets.TraitError(f"The {name} is from 0 to {most - 1} here; you gave {value}.")
        return value

    def weights(self) -> np.ndarray:
        """float32 (layer, head, query, key), as they are shown: in steps of 1/255."""
        shape = (self.layers, self.heads, len(self.queries), len(self.tokens))
        return np.frombuffer(self._weights, np.uint8).reshape(shape).astype(np.float32) / 255

    def _alt(self):
        shown = self.weights()[self.layer, self.head]
        said = (
            f"Layer {self.layer}, head {self.head} of {self.layers} layers with {self.heads} heads, "
            f"{len(self.queries)} queries over {len(self.tokens)} keys."
        )
        if self.query is not None:
            best = np.argsort(-shown[self.query], kind="stable")[:3]
            found = ", ".join(f"“{self.tokens[k]}” {shown[self.query, k]:.2f}" for k in best)
            return f"{said} “{self.queries[self.query]}” looks most at {found}."
        k = int(shown.mean(0).argmax())
        return f"{said} On average it looks most at “{self.tokens[k]}”: {shown[:, k].mean():.2f}."

    def _svg(self):
        shown = self.weights()[self.layer, self.head]
        rows, columns = shown.shape
        size = max(2.0, min(26.0, 520 / max(rows, columns)))
        labelled = size >= 10
        left = (
            min(170, 14 + max(8 * len(token) for token in (*self.queries, *self.tokens))) if labelled else 10
        )
        cells = [
            f'<rect x="{left + k * size:g}" y="{left + q * size:g}" width="{size:g}" height="{size:g}" fill="#0072b2" fill-opacity="{shown[q, k]:.2f}"/>'
            for q, k in np.argwhere(shown >= 0.02).tolist()
        ]
        labels = []
        if labelled:
            for i, token in enumerate(self.queries):
                labels.append(
                    f'<text x="{left - 5}" y="{left + (i + 0.7) * size:g}" text-anchor="end" font-size="13">{html.escape(token)}</text>'
                )
            for i, token in enumerate(self.tokens):
                labels.append(
                    f'<text transform="translate({left + (i + 0.7) * size:g} {left - 5}) rotate(-90)" font-size="13">{html.escape(token)}</text>'
                )
        frame = f'<rect x="{left}" y="{left}" width="{columns * size:g}" height="{rows * size:g}" fill="none" stroke="currentColor" stroke-opacity=".4"/>'
        return picture(
            frame + "".join(cells) + "".join(labels), width=left + columns * size + 8, height=left + rows * size + 8,
            title="Attention weights, queries down, keys across", description=self._alt(),
        )  # fmt: skip


def _as_weights(attentions: Any, rows: int, columns: int) -> np.ndarray:
    """float32 (layer, head, query, key)."""
    if isinstance(attentions, (list, tuple)):
        layers = [as_array(one) for one in attentions]
        if not layers or any(
            one.ndim != 4 or one.shape[0] != 1 or one.shape != layers[0].shape for one in layers
        ):
            raise ValueError(
                f"A model's attentions are a tensor a layer, each (1, head, query, key); yours are {[tuple(one.shape) for one in layers][:3]}. "
                "Run it with output_attentions=True on one text."
            )
        weights = np.concatenate(layers)
    else:
        weights = as_array(attentions)
    if weights.ndim != 4:
        raise ValueError(
            f"The weights have four dimensions, (layer, head, query, key); yours have the shape {weights.shape}."
        )
    if weights.shape[2:] != (rows, columns):
        raise ValueError(
            f"There are {rows} queries and {columns} keys, but weights of shape {weights.shape[2:]}."
        )
    if not min(weights.shape) > 0 or max(rows, columns) > MAX_TOKENS or weights.size > MAX_WEIGHTS:
        raise ValueError(
            f"The heads viewer shows 1 to {MAX_TOKENS} tokens and at most {MAX_WEIGHTS:,} weights; yours are {rows} by {columns}, {weights.size:,}."
        )
    if not (np.isfinite(weights).all() and weights.min() >= 0 and weights.max() <= 1.001):
        raise ValueError(
            "Attention weights lie between 0 and 1 and sum to 1 in each row; are these the scores before the softmax?"
        )
    return weights.clip(0, 1)
