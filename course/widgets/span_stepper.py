"""The span stepper: a text through T5's span corruption, a step at a time, and then a thousand times.

    from course.widgets import SpanStepper
    SpanStepper("Thank you for inviting me to your party last week", rate=0.5)
    SpanStepper(tokens, mask=[False, True, True, False, True], step="target", names=True)   # a mask made by hand

Python draws, when the stepper is made: the picture only shows one draw after the other, so a saved page needs no Python.
Raffel et al. 2020 (T5), section 3.1.4 and figure 2; for a decoder alone section 3.2.1. `spans.py` counts and draws.
"""

import numbers
import pathlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets

from course.widgets import flow, spans, spans_picture
from course.widgets.base import Visualiser, picture
from course.widgets.flow import Cell
from course.widgets.window_stepper import tokens_of

MAX_TOKENS = 60
MAX_DRAWS = 60
STEPS = ("tokens", "spans", "input", "target", "restored", "draws")
RATES = (0.15, 0.3, 0.5)
MEANS = (1, 3, 5, 10)
MANY = 1_000
EOS, EOS_ID = "</s>", 1
FIRST_ID = 32_099  # of <extra_id_0> in T5's vocabulary of 32,100
IGNORED = "−100"
_LETTERS = "XYZABCDEFGHIJKLMNOPQRSTUVW"  # the figure's names, and what may follow
_WHO = "A span stepper"
_ROWS = {
    "tokens": ("text",),
    "spans": ("text",),
    "input": ("text", "input"),
    "target": ("text", "input", "target"),
    "restored": ("input", "target", "restored"),
}


class Place(NamedTuple):
    """What stands at one place of a row. look: "kept", "noise", "sentinel", "eos", "free" (a label that costs nothing) or "" for nothing."""

    text: str = ""
    look: str = ""
    note: str = ""


class SpanStepper(Visualiser):
    """A text and its masks: what is noise, what the encoder reads, what the decoder writes, and the text put together again.

    text_or_tokens: 2 to 60 tokens, or a text, which is split into words and punctuation marks. rate: the share to hide, 0.15, 0.3 or 0.5.
    mean_span: how many tokens a span has, about: 1, 3, 5 or 10. mask: one bool for each token, True = noise, for a mask of your own; a
    run of noise is one span then, a text that ends kept gets its closing sentinel, and also all and nothing may be noise. seed: from 0;
    the same seed gives the same draws. draws: how many can be stepped through, 1 to 60. step: one of "tokens", "spans", "input", "target",
    "restored", "draws". names: <X>, <Y>, <Z> in place of <extra_id_0>, …, as in the paper's figure. decoder_only: the step "target" is
    one row of prefix and target, for a model that has no encoder. first_id: the id of <extra_id_0>; the next ones fall from there.

    Traits, shared with the picture: tokens (read only), step, rate, mean_span, draw (from 0), mask ([]: the one drawn), names, decoder_only.
    Raises ValueError for fewer than 2 tokens or too many, what is no token, a sentinel among them, a mask of another length, and numbers
    out of range; setting a trait out of range raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")
    _with = ("span_draws.js",)

    tokens = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    step = traitlets.Enum(STEPS, "tokens").tag(sync=True)
    rate = traitlets.Float(0.15).tag(sync=True)
    mean_span = traitlets.Int(3).tag(sync=True)
    draw = traitlets.Int(0).tag(sync=True)
    mask = traitlets.List(traitlets.Bool()).tag(sync=True)
    names = traitlets.Bool(False).tag(sync=True)
    decoder_only = traitlets.Bool(False).tag(sync=True)
    # steps, rates, means, rows, many, letters, eos and its id, the first sentinel's id, longest
    _asked = traitlets.Dict(read_only=True).tag(sync=True)
    # for each rate and mean, in this order (rate, mean): tokens, noise, spans, said, and what `spans.counted` gives
    _settings = traitlets.List(read_only=True).tag(sync=True)
    _alone = traitlets.List(read_only=True).tag(sync=True)  # for each rate: what `spans.counted` gives
    _masks = traitlets.Bytes(read_only=True).tag(sync=True)  # uint8 (setting, draw, token): 1 is noise

    def __init__(
        self, text_or_tokens: str | Sequence[str], rate: float = 0.15, mean_span: int = 3, mask: Sequence[bool] | None = None,
        seed: int = 0, draws: int = 30, *, step: str = "tokens", names: bool = False, decoder_only: bool = False, first_id: int = FIRST_ID,
    ):  # fmt: skip
        tokens = _tokens(text_or_tokens)
        rate, mean_span = _one_of(RATES, rate, "rate"), _one_of(MEANS, mean_span, "mean length of a span")
        if step not in STEPS:
            raise ValueError(f"The step is one of {', '.join(STEPS)}; you gave {step!r}.")
        given = [] if mask is None else _mask(mask, len(tokens))
        _whole(seed, 0, None, "seed is a whole number from 0")
        _whole(draws, 1, MAX_DRAWS, f"draws are a whole number from 1 to {MAX_DRAWS}")
        _whole(first_id, 100, None, "first sentinel's id is a whole number from 100")
        made = _drawn(len(tokens), int(seed), int(draws))
        super().__init__()
        asked = {
            "steps": list(STEPS), "rates": list(RATES), "means": list(MEANS), "rows": {step: list(rows) for step, rows in _ROWS.items()},
            "many": MANY, "letters": _LETTERS, "eos": [EOS, EOS_ID], "first": int(first_id), "longest": spans.LONGEST,
        }  # fmt: skip
        for name, value in {"tokens": tokens, "_asked": asked, **made}.items():
            self.set_trait(name, value)
        self.step, self.rate, self.mean_span, self.mask = step, rate, mean_span, given
        self.names, self.decoder_only = bool(names), bool(decoder_only)

    @traitlets.validate("rate", "mean_span")
    def _valid_setting(self, proposal):
        choices, what = {"rate": (RATES, "rate"), "mean_span": (MEANS, "mean length of a span")}[
            proposal["trait"].name
        ]
        try:
            return _one_of(choices, proposal["value"], what)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("mask")
    def _valid_mask(self, proposal):
        if self.tokens and len(proposal["value"]) not in (0, len(self.tokens)):
            raise traitlets.TraitError(_mask_is(len(self.tokens), len(proposal["value"])))
        return proposal["value"]

    @traitlets.validate("draw")
    def _valid_draw(self, proposal):
        most = max(1, self._shape()[1])
        if not 0 <= proposal["value"] < most:
            raise traitlets.TraitError(
                f"The draw is an index from 0 to {most - 1} here; you gave {proposal['value']}."
            )
        return proposal["value"]

    # What is true of the mask that is shown ---------------------------------------------------------------------------

    def _shape(self) -> tuple[int, int, int]:
        settings, tokens = len(RATES) * len(MEANS), max(1, len(self.tokens))
        return settings, len(self._masks) // (settings * tokens), tokens

    def _setting(self) -> dict[str, Any]:
        return self._settings[self._place()]

    def _place(self) -> int:
        return RATES.index(self.rate) * len(MEANS) + MEANS.index(self.mean_span)

    def _noise(self) -> list[bool]:
        """For each token: is it noise? By hand, or as drawn."""
        if self.mask:
            return list(self.mask)
        masks = np.frombuffer(self._masks, np.uint8).reshape(self._shape())
        return masks[self._place(), self.draw].astype(bool).tolist()

    def _sentinel(self, i: int) -> Place:
        first = self._asked["first"]
        again = i // len(_LETTERS) + 1
        name = _LETTERS[i % len(_LETTERS)] + (str(again) if again > 1 else "")
        return Place(f"<{name}>" if self.names else f"<extra_id_{i}>", "sentinel", str(first - i))

    def _columns(self) -> list[dict[str, Place]]:
        """What stands under each other, in the order of the text: the rows "text", "input", "target", "restored".

        A sentinel has a column of its own, in front of its run. At the end a closing sentinel, where the text ends kept, and </s>.
        """
        noise, columns = self._noise(), []
        starts = [begin for begin, _ in spans.runs_of(noise)]
        for i, token in enumerate(self.tokens):
            if i in starts:
                sentinel = self._sentinel(starts.index(i))
                columns.append({"input": sentinel, "target": sentinel})
            if noise[i]:
                number = sum(start <= i for start in starts) - 1
                hidden = Place(token, "noise")
                columns.append(
                    {
                        "text": Place(token, "noise", f"span {number}"),
                        "target": hidden,
                        "restored": Place(token, "noise", f"from {number}"),
                    }
                )
            else:
                kept = Place(token, "kept")
                columns.append({"text": kept, "input": kept, "restored": kept})
        if not noise[-1]:
            columns.append({"target": self._sentinel(len(starts))})
        eos = Place(EOS, "eos", str(EOS_ID))
        return [*columns, {"input": eos, "target": eos}]

    def _row(self, name: str) -> list[Place]:
        """One row without its gaps: "input" is what the encoder reads, "target" what the decoder writes."""
        return [column[name] for column in self._columns() if name in column]

    def _one_row(self) -> tuple[list[Place], list[Place], int]:
        """For a decoder alone: the row, what each place has to say next, and how many places are the prefix.

        The input without its </s>, then the target. A label is the next token where that is one of the target, −100 elsewhere.
        """
        prefix, target = self._row("input")[:-1], self._row("target")
        row = prefix + target
        labels = [
            row[i + 1] if len(prefix) <= i + 1 < len(row) else Place(IGNORED, "free") for i in range(len(row))
        ]
        return row, labels, len(prefix)

    # The static picture -----------------------------------------------------------------------------------------------

    def _alt(self):
        return spans_picture.said(self)

    def _svg(self):
        if self.step == "draws":
            parts, width, y = spans_picture.many(
                self.tokens, self._setting(), self._alone[RATES.index(self.rate)]
            )
        elif self.step == "target" and self.decoder_only:
            parts, width, y = spans_picture.one_row(*self._one_row())
        else:
            parts, width, y = flow.draw(self._cells(), 10)
            if self.step == "spans":
                made, y = spans_picture.lines(spans_picture.numbers_said(self), y)
                parts, width = parts + made, flow.WIDTH
        return picture(parts, width=max(width, 320), height=y, title="Span stepper", description=self._alt())

    def _cells(self) -> list[list[Cell]]:
        """The rows of this step for `flow.draw`, their names in front. In the first step nothing is hidden yet."""
        rows = _ROWS[self.step]
        columns = [[cell for row in rows for cell in (Cell(row, "head"), Cell("", "note"))]]
        for column in self._columns():
            if self.step == "tokens" and "text" in column:
                column = {"text": Place(column["text"].text, "kept")}
            places = [column.get(row, Place()) for row in rows]
            if any(place.text for place in places):
                columns.append([cell for place in places for cell in spans_picture.cells(place)])
        return columns


def _tokens(given: Any) -> list[str]:
    if not isinstance(given, (str, Sequence)) or isinstance(given, bytes):
        raise ValueError(f"{_WHO} takes a text or a list of tokens; you gave a {type(given).__name__}.")
    tokens = flow.drawable(tokens_of(given, _WHO, MAX_TOKENS))
    if len(tokens) < 2:
        raise ValueError(
            f"{_WHO} takes 2 tokens at least, one to hide and one to keep; there is one in yours."
        )
    for token in tokens:
        if token == EOS or token.startswith("<extra_id_"):
            raise ValueError(
                f"The span stepper puts in the sentinels and {EOS} itself; leave {token} out of the text."
            )
    return tokens


def _one_of(choices: tuple, given: Any, what: str) -> Any:
    for choice in choices:
        if isinstance(given, numbers.Real) and not isinstance(given, bool) and given == choice:
            return choice
    raise ValueError(f"The {what} is one of {', '.join(map(str, choices))}; you gave {given!r}.")


def _whole(given: Any, least: int, most: int | None, what: str) -> None:
    whole = isinstance(given, (int, np.integer)) and not isinstance(given, bool)
    if not whole or given < least or (most is not None and given > most):
        raise ValueError(f"The {what}; you gave {given!r}.")


def _mask(given: Any, tokens: int) -> list[bool]:
    """The mask as a list of bool; ValueError where it is none, or has another length than the tokens."""
    if hasattr(given, "tolist"):
        given = given.tolist()
    if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
        raise ValueError(f"The mask is one bool for each token; you gave a {type(given).__name__}.")
    if not all(isinstance(one, (bool, np.bool_)) for one in given):
        raise ValueError("The mask is one bool for each token, True = noise; something else is in yours.")
    if len(given) != tokens:
        raise ValueError(_mask_is(tokens, len(given)))
    return [bool(one) for one in given]


def _mask_is(tokens: int, given: int) -> str:
    return f"The mask has one bool for each of the {tokens} tokens; yours has {given}."


def _drawn(tokens: int, seed: int, draws: int) -> dict[str, Any]:
    """All draws as the traits hold them; the ones to step through are the first of the many, and each setting has draws of its own."""
    settings, masks = [], []
    for place, (rate, mean) in enumerate((rate, mean) for rate in RATES for mean in MEANS):
        found = spans.numbers_of(tokens, rate, mean)
        many = spans.drawn(found, MANY, np.random.default_rng([seed, place]))
        masks.append(many[:draws])
        settings.append({**found._asdict(), **spans.counted(many)})
    random = np.random.default_rng([seed, len(settings)])
    alone = [spans.counted(spans.alone(tokens, rate, MANY, random)) for rate in RATES]
    return {"_settings": settings, "_alone": alone, "_masks": np.stack(masks).astype(np.uint8).tobytes()}
