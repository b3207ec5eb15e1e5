"""The static picture of `TrainableView`."""

import html
from typing import Any

from course.widgets.base import picture
from course.widgets.flow import shortened
from course.widgets.window_stepper import text_width

_ROW, _HEAD = 26, 44  # heights
_COLUMN, _ADAPTERS, _NOW, _BARS, _BAR = (
    118,
    186,
    176,
    180,
    90,
)  # widths; the last is that of a bar of length 1
_BLUE, _ORANGE = "#0072b2", "#e69f00"


def draw(view: Any) -> str:
    """The stack as an <svg>, the input at the foot, the head at the top: what is now, the measures, and a column for each regime."""
    parts, columns = list(enumerate(view.parts))[::-1], ["now", *view.regimes]
    names = [shortened(part["name"], 26) for part in view.parts]
    wide = max(90.0, *(text_width(name) * 0.82 + 24 for name in names))
    left = wide + 96
    bar_starts = [left + _NOW + _BARS * k for k in range(len(view._bars))]
    right = left + _NOW + _BARS * len(bar_starts)  # where the regimes begin
    widths = [_ADAPTERS if any(view._shown(name)["added"]) else _COLUMN for name in view.regimes]
    starts = [left, *(right + sum(widths[:k]) for k in range(len(widths)))]
    width = right + sum(widths) + 10
    top, foot = _HEAD, _HEAD + _ROW * len(parts)
    drawn = []
    chosen = columns.index(view.column)
    drawn.append(_rect(starts[chosen] - 4, 2, [_NOW, *widths][chosen], foot + 60, _ORANGE, 0.18))
    drawn += [_text_at(10, 34, "part"), _text_at(wide + 80, 34, "parameters", "end")]
    for name, at in zip(columns, starts, strict=True):
        plan = view._plan[name]
        drawn += [_text_at(at, 18, plan["title"], bold=True), _text_at(at, 34, plan["start"], size=11)]
    for one, at in zip(view._bars, bar_starts, strict=True):
        drawn += [_text_at(at, 18, one["title"], bold=True), _text_at(at, 34, one["scale"], size=11)]
    for row, (i, part) in enumerate(parts):
        y = top + row * _ROW
        if i == view.part:
            drawn.append(_rect(4, y + 1, width - 8, _ROW - 2, _ORANGE, 0.25))
        drawn += [_line(f"M4 {y:g}H{width - 4:g}", "#bdbdbd", 1), _text_at(10, y + 18, names[i])]
        drawn.append(_text_at(wide + 80, y + 18, f"{part['count']:,}", "end"))
        for name, at in zip(columns, starts, strict=True):
            state = view._shown(name)["states"][i]
            drawn += [_mark(at + 8, y, state, ends=i == view._shown(name)["reach"])]
            added = view._shown(name)["added"][i]
            new = f", {added:,} new" if added else ""
            drawn.append(_text_at(at + 22, y + 18, _cell(view, name, part, state) + new, size=12))
        for one, at in zip(view._bars, bar_starts, strict=True):
            length, text = one["bars"][i]
            drawn += [
                _rect(at, y + 7, length * _BAR, 12, _BLUE, 1),
                _text_at(at + length * _BAR + 6, y + 18, text, size=12),
            ]
    drawn.append(_line(f"M4 {foot:g}H{width - 4:g}", "currentColor", 1.5))
    for k, label in enumerate(("learn", "of all", "AdamW state")):
        drawn.append(_text_at(10, foot + 18 + 19 * k, label))
        for name, at in zip(columns, starts, strict=True):
            shown = view._shown(name)
            text = (f"{shown['count']:,}", shown["share"], f"{shown['kept']:,}")[k]
            drawn.append(_text_at(at, foot + 18 + 19 * k, text))
    drawn.append(_text_at(wide + 80, foot + 18, f"{sum(part['count'] for part in view.parts):,}", "end"))
    drawn.append(_legend(foot + 72))
    return picture(
        "".join(drawn), width=max(width, 560), height=foot + 92, title="What learns", description=view._alt()
    )


def _cell(view: Any, name: str, part: dict[str, Any], state: str) -> str:
    learns = state in ("all", "some")
    text = view._rate(name, part) if learns else "frozen"
    text = text or "learns"
    text += " in part" if state == "some" else ""
    return f"{text}, {part['mode']}" if name == "now" else text


def _mark(x: float, y: float, state: str, ends: bool) -> str:
    """A full box learns, a half one in part, a ring is frozen; the line is the way of the gradient, and a bar stands where it ends."""
    middle = y + _ROW / 2
    way = "" if state == "none" else _line(f"M{x:g} {y:g}V{middle if ends else y + _ROW:g}", _BLUE, 2)
    if ends:
        way += _line(f"M{x - 8:g} {middle + 10:g}h16", _BLUE, 2) + _line(f"M{x:g} {middle:g}v10", _BLUE, 2)
    if state in ("all", "some"):
        box = f'<rect x="{x - 7:g}" y="{middle - 6:g}" width="14" height="12" fill="#ffffff" stroke="{_BLUE}" stroke-width="1.5"/>'
        return way + box + _rect(x - 7, middle - 6, 14 if state == "all" else 7, 12, _BLUE, 1)
    return (
        way + f'<circle cx="{x:g}" cy="{middle:g}" r="4" fill="#ffffff" stroke="#5f6368" stroke-width="1.5"/>'
    )


def _legend(y: float) -> str:
    drawn, x = [], 18
    for state, ends, text in (
        ("all", False, "learns"),
        ("some", False, "in part"),
        ("passes", False, "frozen, the gradient passes"),
        ("none", False, "frozen, none comes"),
        ("all", True, "the backward pass ends"),
    ):
        drawn += [_mark(x, y - 9, state, ends), _text_at(x + 14, y + 9, text, size=12)]
        x += 38 + text_width(text) * 0.7
    return "".join(drawn)


def _text_at(x: float, y: float, text: str, anchor: str = "", *, size: int = 13, bold: bool = False) -> str:
    look = (f' text-anchor="{anchor}"' if anchor else "") + (' font-weight="700"' if bold else "")
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}"{look}>{html.escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, fill: str, opacity: float) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" fill-opacity="{opacity:g}"/>'
        if width
        else ""
    )


def _line(way: str, colour: str, thick: float) -> str:
    return f'<path d="{way}" stroke="{colour}" stroke-width="{thick:g}" fill="none"/>'
