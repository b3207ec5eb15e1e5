"""The window stepper: what a fixed window round each token of a sentence can see, and what it cannot.

    from course.widgets import WindowStepper
    WindowStepper("we were on the right side of history", radius=2)

Step the centre with the slider, the buttons, the arrow keys or a click on a word. Python can read and set
`tokens`, `radius` and `position`.
"""

import html
import pathlib
import re
from collections.abc import Sequence

import traitlets

from course.widgets.base import Visualiser, picture

MAX_TOKENS = 300  # more cannot be read as one sentence
RADIUS = (1, 6)


class WindowStepper(Visualiser):
    """One sentence as tokens, a centre to step through it, and the window round the centre.

    text_or_tokens: a text (split into words and punctuation marks; case is kept) or a list of tokens.
    radius: how many tokens the window takes on each side, 1 to 6.
    pad: what stands where the window leaves the sentence.

    Traits, shared with the picture: tokens (list of str), radius, position (the centre's index, from 0).
    Raises ValueError for an empty text, more than 300 tokens, or a radius outside 1…6; setting `position` outside the
    sentence or `radius` outside 1…6 raises traitlets.TraitError.
    """

    _esm = pathlib.Path(__file__).with_suffix(".js")
    _css = pathlib.Path(__file__).with_suffix(".css")

    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    radius = traitlets.Int(2).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    pad = traitlets.Unicode("<pad>").tag(sync=True)

    def __init__(
        self, text_or_tokens: str | Sequence[str], radius: int = 2, pad: str = "<pad>", position: int = 0
    ):
        tokens = tokens_of(text_or_tokens)
        if not RADIUS[0] <= radius <= RADIUS[1]:
            raise ValueError(
                f"The radius is a number of tokens from {RADIUS[0]} to {RADIUS[1]}; you gave {radius}."
            )
        if not 0 <= position < len(tokens):
            raise ValueError(
                f"The position is an index from 0 to {len(tokens) - 1} here; you gave {position}."
            )
        super().__init__(tokens=tokens, radius=radius, pad=pad, position=position)

    @traitlets.validate("tokens")
    def _valid_tokens(self, proposal):
        try:
            tokens = tokens_of(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        if self.position >= len(tokens):
            self.position = 0  # a new, shorter sentence starts at its beginning
        return tokens

    @traitlets.validate("radius")
    def _valid_radius(self, proposal):
        if not RADIUS[0] <= proposal["value"] <= RADIUS[1]:
            raise traitlets.TraitError(
                f"The radius is a number of tokens from {RADIUS[0]} to {RADIUS[1]}; you gave {proposal['value']}."
            )
        return proposal["value"]

    @traitlets.validate("position")
    def _valid_position(self, proposal):
        if self.tokens and not 0 <= proposal["value"] < len(self.tokens):
            raise traitlets.TraitError(
                f"The position is an index from 0 to {len(self.tokens) - 1} here; you gave {proposal['value']}."
            )
        return proposal["value"]

    # The static picture ---------------------------------------------------------------------------------------------

    def _slots(self):
        """(index, token or pad) for each place of the drawn row: the sentence with `radius` paddings at both ends."""
        for index in range(-self.radius, len(self.tokens) + self.radius):
            yield index, self.tokens[index] if 0 <= index < len(self.tokens) else self.pad

    def _alt(self):
        seen = [(i, token) for i, token in self._slots() if abs(i - self.position) <= self.radius]
        context = " ".join("_" if i == self.position else token for i, token in seen)
        count = sum(0 <= i < len(self.tokens) for i, _ in seen) - 1
        noun = "words" if all(re.search(r"\w", token) for token in self.tokens) else "tokens"
        return (
            f"“{self.tokens[self.position]}”, with a window of radius {self.radius}, "
            f"sees {count} of {len(self.tokens)} {noun}: {context}"
        )

    def _svg(self):
        x, y, row, width = 10.0, 10.0, 58, 900
        parts = []
        for index, token in self._slots():
            offset = index - self.position
            size = text_width(token) + 16
            if x + size > width - 10:
                x, y = 10.0, y + row
            parts.append(self._chip(x, y, size, token, offset, padding=not 0 <= index < len(self.tokens)))
            x += size + 5
        return picture(
            "".join(parts), width=width, height=y + row, title="Window stepper", description=self._alt()
        )

    def _chip(self, x, y, size, token, offset, *, padding):
        """One token: a heavy box and "centre" below, or a light box and its offset, or no box at all."""
        seen = abs(offset) <= self.radius
        colour, fill = ("#b35900", "#e69f00") if offset == 0 else ("#0072b2", "#56b4e9")
        stroke = 4 if offset == 0 else 2
        dashes = ' stroke-dasharray="4 3"' if padding else ""
        box = (
            f'<rect x="{x:g}" y="{y:g}" width="{size:g}" height="28" rx="5" fill="{fill}" fill-opacity=".22" '
            f'stroke="{colour}" stroke-width="{stroke}"{dashes}/>'
        )
        mark = "centre" if offset == 0 else f"{offset:+d}".replace("-", "−")
        middle = x + size / 2
        label = f'<text x="{middle:g}" y="{y + 43:g}" text-anchor="middle" font-size="11">{mark}</text>'
        faint = "" if seen else f' fill-opacity="{0.35 if padding else 0.65}"'
        weight = ' font-weight="700"' if offset == 0 else ""
        word = (
            f'<text x="{middle:g}" y="{y + 19:g}" text-anchor="middle" font-size="16"{weight}{faint}>'
            f"{html.escape(token)}</text>"
        )
        return (box if seen else "") + word + (label if seen else "")


def tokens_of(text_or_tokens, who: str = "A window stepper", most: int = MAX_TOKENS) -> list[str]:
    """A text split into words and punctuation marks, or a list as it is; ValueError where nothing sensible is there."""
    if isinstance(text_or_tokens, str):
        tokens = re.findall(r"\w+(?:['’\-]\w+)*|[^\w\s]", text_or_tokens)
    else:
        tokens = list(text_or_tokens)
    if not all(isinstance(token, str) for token in tokens):
        raise ValueError(
            f"{who} takes a text or a list of tokens, each a string; something else is in your list."
        )
    if not tokens:
        raise ValueError(f"There is no word in this text. {who} takes a sentence.")
    if len(tokens) > most:
        raise ValueError(
            f"{who} shows at most {most} tokens; yours has {len(tokens):,}. Give it one sentence."
        )
    return tokens


def text_width(text: str) -> float:
    """About how wide a text is at 16 px, bold: an SVG cannot ask. Letters of wide scripts and emoji count double."""
    return sum(
        17 if ord(letter) > 0x2E7F else 5.5 if letter in "ijltf.,:;'!|I()[]" else 10 for letter in text
    )
