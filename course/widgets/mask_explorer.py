"""The mask explorer: an attention mask by name, joined, edited, followed through layers, and taken away as code.

    from course import masks
    from course.widgets import MaskExplorer
    explorer = MaskExplorer("we were on the right side of history", masks.causal())
    MaskExplorer.of(load_model("gpt"), load_tokenizer("gpt"), "We were on the right side.", layer=1, head=2)
    explorer.mask                    # bool (query, key), as it stands, edits included
    print(explorer.code("torch"))

Python says what a mask is: each rule is a formula of `course.masks`, which NumPy and the explorer's JavaScript both
work out. So a saved page needs no Python, and hovering never calls it.
"""

import functools
import html
import json
import pathlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from course.masks import MOST, RULES, Mask, causal, from_state, fully_visible, read
from course.masks import code as codes
from course.masks.reach import judged, reachable, source_of
from course.widgets.attention import scores_of
from course.widgets.base import Visualiser, as_array, picture

SENTENCE = "we were on the right side of history"
LAYERS = (1, 12)
PANELS = ("layers", "scores", "code", "predict")
UNITS = ("words", "pieces", "given")


class MaskExplorer(Visualiser):
    """One attention mask over one text.

    text_or_tokens: a text, or a list of tokens. mask: of `course.masks`, or its words ("causal and padding(6)"), or a bool
    array (query, key), which is shown as edits of the fully visible or the causal mask, whichever needs fewer. pieces: split the text by the course's WordPiece
    instead of into words. layers: 1 to 12. scores: float (query, key), before the mask, for the panel of scores; random
    ones where there are none. panel: what is open below the mask: "layers", "scores", "code" or "predict".

    Traits, shared with the picture: text, unit ("words", "pieces" or "given" tokens), tokens, expression (`Mask.state`), flipped (packed
    bits, the cells changed by hand), layers, panel. Raises ValueError for more than 1,024 tokens, a mask of another size, or what is no mask.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")
    _with = ("masks.js", "mask_grid.js", "mask_panels.js")

    text = traitlets.Unicode("").tag(sync=True)
    unit = traitlets.Enum(UNITS, "words").tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    expression = traitlets.List().tag(sync=True)
    # a front end hands over a memoryview, which plain Bytes would refuse
    flipped = traitlets.CBytes(b"").tag(sync=True, echo_update=False)
    layers = traitlets.Int(2).tag(sync=True)
    panel = traitlets.Enum(PANELS, "layers").tag(sync=True)
    _scores = traitlets.Bytes(b"").tag(sync=True)
    _rules = traitlets.Dict().tag(sync=True)
    _forms = traitlets.Dict().tag(sync=True)
    _vocabulary = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self, text_or_tokens: str | Sequence[str] = SENTENCE, mask: Mask | str | np.ndarray | None = None, *, pieces: bool = False,
        layers: int = 2, scores: np.ndarray | None = None, panel: str = "layers",
    ):  # fmt: skip
        unit = "given" if not isinstance(text_or_tokens, str) else "pieces" if pieces else "words"
        text = text_or_tokens if unit != "given" else " ".join(map(str, text_or_tokens))
        tokens = _tokens(text, unit) if unit != "given" else _checked(text_or_tokens)
        if not LAYERS[0] <= layers <= LAYERS[1]:
            raise ValueError(f"The layers are from {LAYERS[0]} to {LAYERS[1]}; you gave {layers}.")
        mask, flipped = _mask_and_edits(mask, len(tokens))
        super().__init__(
            text=text, unit=unit, tokens=tokens, expression=mask.state(), layers=layers, panel=panel,
            _scores=_as_scores(scores, len(tokens)),
            _rules={name: rule.described() for name, rule in RULES.items()},
            _forms={"texts": codes.FORMS, "titles": codes.TITLES, "warnings": codes.WARNINGS, "many": codes.MANY},
            _vocabulary=list(vocabulary()),
        )  # fmt: skip
        self.flipped = flipped  # when there are tokens that it can be checked against

    @classmethod
    def of(
        cls, model: Any, tokenizer: Any, text: str, pair: str | None = None, mask: Mask | str | np.ndarray | None = None, *,
        layer: int = 0, head: int = 0, **options: Any,
    ) -> "MaskExplorer":  # fmt: skip
        """The scores of one head of a `transformers` model on a text, or a pair of texts, under any mask.

        mask: as for the class; without one, the model's own: causal, or fully visible. Scores are also there where the model's own
        mask hides a key, so that one sees what another mask would have given this head. Of a model with an encoder and a decoder, the
        encoder's. options: as for the class. Raises IndexError for a layer or head that is not there.
        """
        scores, is_causal, tokens = scores_of(model, tokenizer, text, pair, layer=layer, head=head)
        if mask is None:
            mask = causal() if is_causal else fully_visible()
        return cls(tokens, mask, scores=scores, **{"panel": "scores"} | options)

    # What it holds ------------------------------------------------------------------------------------------------------

    @property
    def expressed(self) -> Mask:
        """The mask without what was changed by hand."""
        return from_state(self.expression)

    @property
    def edits(self) -> np.ndarray:
        """bool (query, key): the cells that were changed by hand."""
        n = len(self.tokens)
        bits = (
            np.unpackbits(np.frombuffer(self.flipped, np.uint8), count=n * n)
            if self.flipped
            else np.zeros(n * n)
        )
        return bits.reshape(n, n).astype(bool)

    @property
    def mask(self) -> np.ndarray:
        """bool (query, key), True = may attend: as it is shown."""
        return self.expressed.array(len(self.tokens)) ^ self.edits

    def code(self, form: str = "torch") -> str:
        """The mask as code: "numpy", "torch", "additive", "flex" or "transformers"."""
        return codes.code(self.expressed, len(self.tokens), form, self.edits)

    def to_json(self) -> str:
        """All that is needed to show the same again: what the page's "Copy JSON" gives, and its link holds."""
        edits = np.flatnonzero(self.edits).tolist()
        state = {key: getattr(self, key) for key in ("text", "unit", "tokens", "expression", "layers")}
        return json.dumps({**state, "edits": edits}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "MaskExplorer":
        """An explorer from `to_json`. ValueError where it is not that."""
        try:
            state = json.loads(text)
            given = state["tokens"] if state["unit"] == "given" else state["text"]
            made = cls(
                given,
                from_state(state["expression"]),
                pieces=state["unit"] == "pieces",
                layers=state["layers"],
            )
            flipped = np.zeros(len(made.tokens) ** 2, bool)
            flipped[[int(i) for i in state["edits"]]] = True
        except (json.JSONDecodeError, KeyError, TypeError, IndexError) as error:
            raise ValueError(
                f"This is not the state of a mask explorer: {type(error).__name__}: {error}"
            ) from None
        made.flipped = np.packbits(flipped).tobytes() if flipped.any() else b""
        return made

    # What the other side may set ------------------------------------------------------------------------------------------

    @traitlets.validate("expression")
    def _valid_expression(self, proposal):
        try:
            return from_state(proposal["value"]).state()
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("layers")
    def _valid_layers(self, proposal):
        if not LAYERS[0] <= proposal["value"] <= LAYERS[1]:
            raise traitlets.TraitError(
                f"The layers are from {LAYERS[0]} to {LAYERS[1]}; you gave {proposal['value']}."
            )
        return proposal["value"]

    @traitlets.validate("tokens")
    def _valid_tokens(self, proposal):
        try:
            return _checked(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("flipped")
    def _valid_flipped(self, proposal):
        value = bytes(proposal["value"])
        if len(value) not in (0, -(-(len(self.tokens) ** 2) // 8)):
            return b""  # of another text: what was changed there has no cell here
        return value

    @traitlets.observe("text", "unit")
    def _split_again(self, _):
        if self.unit != "given":
            self.tokens = _tokens(self.text, self.unit)

    @traitlets.observe("tokens")
    def _other_tokens(self, change):
        if len(change["new"]) != len(change["old"] or ()):
            self.flipped = b""

    # The static picture ---------------------------------------------------------------------------------------------------

    def _alt(self):
        n, bits = len(self.tokens), self.mask
        what = f"The mask {self.expressed}" + (
            f", {int(self.edits.sum()):,} of its cells changed by hand" if self.edits.any() else ""
        )
        if not n:
            return f"{what}, of no tokens."
        reach = reachable(bits, self.layers, min(n, source_of(self.expressed)))
        return (
            f"{what}, of {n:,} tokens: {int(bits.sum()):,} of {n * n:,} cells may attend. {' '.join(judged(bits).sentences(n))} "
            f"After {self.layers} layer{'s' * (self.layers > 1)} {int(reach.sum()):,} of {n * n:,} outputs and inputs are joined."
        )

    def _svg(self):
        n, bits, edits = len(self.tokens), self.mask, self.edits
        size = max(1.0, min(26.0, 560 / max(1, n)))
        labelled = size >= 11
        left = 12 + (max((8 * len(token) for token in self.tokens), default=0) if labelled else 0)
        left = min(left, 180)
        parts = [
            f'<rect x="{left}" y="{left}" width="{n * size:g}" height="{n * size:g}" fill="none" stroke="currentColor" stroke-opacity=".4"/>'
        ]
        for q, row in enumerate(bits):
            for begin, end in _runs(row):  # one rectangle for keys side by side
                gap = 1 if labelled else 0
                for k in range(begin, end) if labelled else (begin,):
                    width = size if labelled else (end - begin) * size
                    parts.append(
                        f'<rect x="{left + k * size + gap:g}" y="{left + q * size + gap:g}" width="{width - 2 * gap:g}" '
                        f'height="{size - 2 * gap:g}" fill="#0072b2"/>'
                    )
        for q, k in np.argwhere(edits).tolist() if n <= 128 else ():
            x, y = left + (k + 1) * size - 1, left + q * size + 1
            parts.append(f'<path d="M{x:g} {y:g}h{-size / 2:g}L{x:g} {y + size / 2:g}z" fill="#e69f00"/>')
        if labelled:
            for i, token in enumerate(self.tokens):
                middle, said = left + (i + 0.7) * size, _escaped(token)
                parts.append(
                    f'<text x="{left - 5}" y="{middle:g}" text-anchor="end" font-size="13">{said}</text>'
                )
                parts.append(
                    f'<text transform="translate({middle:g} {left - 5}) rotate(-90)" font-size="13">{said}</text>'
                )
        side = left + n * size + 8
        return picture(
            "".join(parts),
            width=side,
            height=side,
            title="Attention mask, queries down, keys across",
            description=self._alt(),
        )


def _escaped(token: str) -> str:
    return html.escape(token if len(token) <= 20 else token[:19] + "…")


def _runs(row: np.ndarray):
    """(begin, end) of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _tokens(text: str, unit: str) -> list[str]:
    """Words and punctuation marks, or pieces of the course's WordPiece without its specials."""
    if unit == "words":
        tokens = re.findall(r"\w+(?:['’\-]\w+)*|[^\w\s]", text)
    else:
        from course import load_tokenizer

        tokens = load_tokenizer("bert").tokenize(text)
    return _checked(tokens)


def _checked(tokens: Sequence[str]) -> list[str]:
    tokens = list(tokens)
    if not all(isinstance(token, str) for token in tokens):
        raise ValueError(
            "A mask explorer takes a text or a list of tokens, each a string; something else is in your list."
        )
    if len(tokens) > MOST:
        raise ValueError(f"The mask explorer shows at most {MOST:,} tokens; yours has {len(tokens):,}.")
    return tokens


@functools.cache
def vocabulary() -> list[str]:
    """The pieces of the course's WordPiece, read from its file: the page splits a text by itself."""
    from course.models.loaders import SHIPPED

    made = json.loads((SHIPPED / "bert" / "tokenizer.json").read_text(encoding="utf-8"))
    return list(made["model"]["vocab"])


def _mask_and_edits(mask: Mask | str | np.ndarray | None, n: int) -> tuple[Mask, bytes]:
    if mask is None:
        return causal(), b""
    if isinstance(mask, str):
        return read(mask), b""
    if isinstance(mask, Mask):
        return mask, b""
    bits = np.asarray(mask)
    if bits.dtype != bool or bits.shape != (n, n):
        raise ValueError(
            f"A mask of these {n} tokens is a bool array of shape ({n}, {n}); yours is {bits.dtype} of shape {bits.shape}."
        )
    edits = {base: base.array(n) ^ bits for base in (fully_visible(), causal())}
    nearest = min(edits, key=lambda base: edits[base].sum())
    return nearest, np.packbits(edits[nearest]).tobytes()


def _as_scores(scores: np.ndarray | None, n: int) -> bytes:
    if scores is None:
        return b""
    array = as_array(scores).astype("<f4")
    if array.shape != (n, n) or not np.isfinite(array).all():
        raise ValueError(
            f"The scores of these {n} tokens are finite numbers of shape ({n}, {n}); yours have the shape {array.shape}."
        )
    return array.tobytes()
