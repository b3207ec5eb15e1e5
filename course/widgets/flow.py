"""Tokens in the static pictures that show more than one row for each: the token, and below it what is said of it.

    drawn, width, y = draw([[Cell("[CLS]", "mark"), Cell("0", "note")], [Cell("we", "first"), Cell("0", "note")]], y=10)

A column is a list of cells, the same kinds of rows in all of them; columns stand side by side and go on below at the picture's edge.
"""

import html
import re
from collections.abc import Iterable
from typing import NamedTuple

from course.widgets.window_stepper import text_width

WIDTH = 760  # of a picture, at most
_LONGEST = 24  # letters of a token in a picture: one can be a whole page
_CHIP, _NOTE = 34, 17  # heights of rows
_GAP = 8  # between columns
# look -> colour of the line, of the ground, width of the line, dashes
_LOOKS = {
    "chosen": ("#b35900", "#e69f00", 4, ""),
    "second": ("#b35900", "#e69f00", 2, ""),
    "first": ("#0072b2", "#56b4e9", 2, ""),
    "mark": ("#5f6368", "none", 1.5, "4 3"),
}
MAX_LETTERS = 100  # of a token: more is no token
# control signs, halves of pairs, and signs that turn the direction of all that follows them
_UNDRAWABLE = re.compile("[^\t\n\r\x20-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Cell(NamedTuple):
    """look: "plain", "chosen", "first", "second" or "mark" for a token, "note" for a small line below one, "head" for a row's name."""

    text: str
    look: str = "plain"


def drawable(tokens: Iterable[str]) -> list[str]:
    """The tokens, with a replacement sign for what can stand in no picture; ValueError for an empty token and for more than 100 letters."""
    found = [_UNDRAWABLE.sub("\ufffd", token) for token in tokens]
    if not all(token.strip() for token in found):
        raise ValueError("One of the tokens is empty or white space, which cannot be shown; leave it out.")
    longest = max(map(len, found), default=0)
    if longest > MAX_LETTERS:
        raise ValueError(f"A token has at most {MAX_LETTERS} letters here; one of yours has {longest:,}.")
    return found


def shortened(text: str, most: int = _LONGEST) -> str:
    """The text for a picture, with an ellipsis where it is longer than `most` letters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def lines(widths: list[float], x: float = 10.0) -> tuple[list[list[tuple[int, float]]], float]:
    """What stands on each line: (index, x) of as many of these widths as there is room for; and how wide all is."""
    found, at, used = [[]], x, 0.0
    for i, width in enumerate(widths):
        if found[-1] and at + width > WIDTH - 10:
            found.append([])
            at = x
        found[-1].append((i, at))
        at += width + _GAP
        used = max(used, at)
    return found, used


def draw(columns: list[list[Cell]], y: float = 10.0) -> tuple[str, float, float]:
    """The columns as shapes, how wide they are, and the y below them. A row in which a line has nothing takes no room there."""
    columns = [[Cell(shortened(cell.text), cell.look) for cell in column] for column in columns]
    widths = [max(map(_width, column)) for column in columns]
    found, used = lines(widths)
    parts = []
    for line in found:
        for row in range(len(columns[0])):
            cells = [(columns[i][row], x, widths[i]) for i, x in line]
            small = any(cell.look == "note" for cell, _, _ in cells)
            parts += [_drawn(cell, x, y, width, small) for cell, x, width in cells if cell.text]
            if any(cell.text for cell, _, _ in cells):
                y += _NOTE if small else _CHIP
        y += 12
    return "".join(parts), used + 2, y


def _width(cell):
    if cell.look in ("note", "head"):
        return text_width(cell.text) * 0.75 + 8
    bold = sum(letter.isupper() for letter in cell.text) * 3 if cell.look == "chosen" else 0
    return text_width(cell.text) + bold + 16


def _drawn(cell, x, y, size, small):
    middle, text = x + size / 2, html.escape(cell.text)
    if cell.look == "note":
        return f'<text x="{middle:g}" y="{y + 10:g}" text-anchor="middle" font-size="11">{text}</text>'
    if cell.look == "head":
        return f'<text x="{x:g}" y="{y + (10 if small else 17):g}" font-size="12" fill-opacity=".75">{text}</text>'
    box = ""
    if cell.look in _LOOKS:
        line, ground, thick, dashes = _LOOKS[cell.look]
        dashes = f' stroke-dasharray="{dashes}"' if dashes else ""
        box = (
            f'<rect x="{x:g}" y="{y:g}" width="{size:g}" height="26" rx="5" fill="{ground}" fill-opacity=".22" '
            f'stroke="{line}" stroke-width="{thick}"{dashes}/>'
        )
    weight = ' font-weight="700"' if cell.look == "chosen" else ""
    return (
        f'{box}<text x="{middle:g}" y="{y + 18:g}" text-anchor="middle" font-size="16"{weight}>{text}</text>'
    )
