"""The static picture of `NextToken`: the text, a bar for each of the likeliest tokens, and the numbers before and after."""

import html
from typing import TYPE_CHECKING

from course.widgets import flow
from course.widgets import next_token_words as words
from course.widgets.flow import Cell, shortened
from course.widgets.next_token_words import percent
from course.widgets.window_stepper import text_width

if TYPE_CHECKING:
    from course.widgets.next_token import NextToken, _Outcome

WIDTH = 760
_BLUE, _RED, _GREY, _LINE = "#0072b2", "#b35900", "#5f6368", "#bdbdbd"
_ROW, _END = 26, 16  # heights: of a bar, of a line of small text below it
_SIGN, LEFT, LONG = 150, 170, 300  # where the signs are; where the bars begin, and how long they are at most
_MODEL, _NOW = 678, 750  # right ends of the two columns of numbers
_HATCH = 6  # between two lines of a hatch


def drawn(shown: "NextToken", found: "_Outcome") -> tuple[str, float, float]:
    """The shapes, and the width and height of all."""
    parts, y = [], 10.0
    if shown.ids:
        looks = ["chosen" if i == shown.position else "first" if i < shown.position else "plain" for i in range(len(shown.ids))]  # fmt: skip
        strip, _, y = flow.draw([[Cell(shown.words[i], look)] for i, look in zip(shown.ids, looks, strict=True)])  # fmt: skip
        parts.append(strip)
    parts.append(_text(10, y + 14, words.where(shown), 14, bold=True))
    told = words.settings(shown) or "as the model says"
    parts.append(_text(10, y + 33, f"Settings: {told}"))
    bars, y = _bars(shown, found, y + 44)
    numbers, y = _facts(words.facts(shown, found), y + 26)
    return "".join([*parts, bars, numbers]), WIDTH, y


def _bars(shown, found, y):
    made = words.rows(shown, found)
    most = words.scale(made)
    parts = [
        _text(10, y + 14, "token", bold=True), _text(LEFT, y + 14, f"bars: 0 to {100 * most:.0f} %", 11),
        _text(_MODEL, y + 14, "model", anchor="end", bold=True), _text(_NOW, y + 14, "now", anchor="end", bold=True),
    ]  # fmt: skip
    y += 22
    for row in made:
        parts.append(_path(f"M4 {y:g}H{WIDTH - 4}", _LINE, 1))
        parts.append(
            _text(10, y + 18, _fitting(row.word) if row.token >= 0 else row.word, bold=row.token >= 0)
        )
        own, after = row.own / most * LONG, row.after / most * LONG
        if not row.some:
            parts.append(_text(_SIGN, y + 18, "✕", bold=True, colour=_RED))
            parts.append(_path(hatch(LEFT, y + 5, own, 16), _GREY, 1))
        if row.possible:
            parts.append(_rect(y + 5, own, 16, f'fill="none" stroke="{_GREY}" stroke-width="1.5"'))
        if row.some:
            parts.append(_rect(y + 9, after, 8, f'fill="{_BLUE}" stroke="none"'))
        parts.append(_text(_MODEL, y + 18, percent(row.own, row.possible), anchor="end"))
        parts.append(_text(_NOW, y + 18, percent(row.after, row.some), anchor="end", bold=True))
        y += _ROW
        if row.token < 0:
            parts.append(_text(10, y + 10, row.note, 11))
            y += _END
        elif row.note:
            parts.append(_text(LEFT + max(own, after) + 8, y - 9, row.note, 11))
        if row.lines:
            parts.append(_path(f"M4 {y:g}H{WIDTH - 4}M4 {y + 3:g}H{WIDTH - 4}", _RED, 1.5))
            parts.append(_text(10, y + 15, "; ".join(row.lines), 11))
            y += _END + 4
    parts.append(_path(f"M4 {y:g}H{WIDTH - 4}", "currentColor", 1.5))
    parts.append(_text(10, y + 16, "Outline: the model's own probability. Filled: now, after all settings. Hatched, with ✕: cut.", 11))  # fmt: skip
    return "".join(parts), y + 18


def hatch(x: float, y: float, width: float, height: float) -> str:
    """The path of slanted lines that fill a box; "" for a box without room."""
    lines = []
    at = _HATCH / 2
    while at < width + height:
        # from the upper or right edge down to the left or lower one
        top, low = max(0.0, at - width), min(at, height)
        if low > top:
            lines.append(f"M{x + at - top:.2f} {y + top:.2f}L{x + at - low:.2f} {y + low:.2f}")
        at += _HATCH
    return "".join(lines) if width > 0 else ""


def _facts(facts, y):
    parts = [
        _text(LEFT + 190, y, "model", anchor="end", bold=True),
        _text(LEFT + 330, y, "now", anchor="end", bold=True),
    ]
    for what, model, now in facts:
        y += 20
        parts.append(_text(10, y, what))
        parts.append(_text(LEFT + 190, y, _fitting(model), anchor="end"))
        parts.append(_text(LEFT + 330, y, _fitting(now), anchor="end", bold=True))
    return "".join(parts), y + 14


def _fitting(word, room=134):
    """A word for the column of tokens: wide letters, fewer of them."""
    most = next((n for n in range(17, 3, -1) if text_width(shortened(word, n)) <= room), 3)
    return shortened(word, most)


def _text(x, y, text, size=13, anchor="", bold=False, colour=""):
    look = (f' text-anchor="{anchor}"' if anchor else "") + (' font-weight="700"' if bold else "")
    look += f' fill="{colour}"' if colour else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}"{look}>{html.escape(str(text))}</text>'


def _rect(y, width, height, look):
    return f'<rect x="{LEFT}" y="{y:g}" width="{width:.4f}" height="{height}" {look}/>'


def _path(way, colour, thick):
    return f'<path d="{way}" stroke="{colour}" stroke-width="{thick:g}" fill="none"/>' if way else ""
