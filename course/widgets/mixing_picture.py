"""The static picture of `MixingRates`: a row of bars for each task, and below them the rates of all tasks against the temperature."""

import html
import math
from typing import TYPE_CHECKING

from course.widgets.flow import shortened

if TYPE_CHECKING:
    from course.widgets.mixing_rates import MixingRates

COLUMNS = ("proportional", "temperature", "equal")
_BLUE, _ORANGE, _GREY, _LINE = "#0072b2", "#e69f00", "#5f6368", "#bdbdbd"
_WIDTH = 760
_ROW, _HEAD = 38, 62  # heights
_COLUMNS, _BAR = (250, 422, 594), 96  # where the bars begin, and how long they are at most
_LEFT, _TEN, _EQUAL, _HIGH = 150, 590, 650, 176  # of the curves: at T = 1, at 10, at infinity; height
_GAP = 14  # between two names beside the curves
_STEP = 0.25  # of the temperature, from one point of a curve to the next


def drawn(shown: "MixingRates") -> tuple[str, float, float]:
    """The shapes, and the width and height of all."""
    rows, y = _rows(shown)
    curves, y = _curves(shown, y + 34)
    return rows + curves, _WIDTH, y


def spread(heights: list[float], low: float, high: float, gap: float = _GAP) -> list[float]:
    """Places for labels that stand at these heights, moved apart as little as needed, between `low` and `high`."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    places, free = [0.0] * len(heights), low
    for i in order:
        places[i] = free = max(heights[i], free)
        free += gap
    room = high
    for i in reversed(order):
        places[i] = room = min(places[i], room)
        room -= gap
    return places


def _rows(shown):
    rates, scale, foot = shown._rates(), shown._scale(), _HEAD + _ROW * len(shown.tasks)
    titles = ("in proportion", f"temperature T = {shown._warmth()}", "equal")
    formulas = ("min(size, K) / sum", "min(size, K)^(1/T) / sum", "1 / tasks with examples")
    cap = "no cap K" if shown.cap is None else f"cap K = {shown.cap:,}"
    parts = [
        _text(10, 20, "task", bold=True), _text(232, 20, "examples", anchor="end", bold=True),
        _text(232, 38, cap, 11, anchor="end"), _text(232, 54, f"{shown.examples:,} drawn", 11, anchor="end"),
    ]  # fmt: skip
    for x, title, formula in zip(_COLUMNS, titles, formulas, strict=True):
        parts += [_text(x, 20, title, bold=True), _text(x, 38, formula, 11)]
        parts.append(_text(x, 54, f"bars: 0 to {100 * scale:.0f} %", 11))
    for i, name in enumerate(shown.tasks):
        y = _HEAD + _ROW * i
        if i == shown.task:
            parts.append(_rect(4, y + 1, _WIDTH - 8, _ROW - 2, _ORANGE, 0.25))
        parts.append(_path(f"M4 {y}H{_WIDTH - 4}", _LINE, 1))
        parts.append(_text(10, y + 24, shortened(name, 17), bold=i == shown.task))
        size, capped = shown.sizes[i], shown.cap is not None and shown.sizes[i] > shown.cap
        parts.append(_text(232, y + (17 if capped else 24), f"{size:,}", anchor="end"))
        if capped:
            parts.append(_text(232, y + 32, f"counts for {shown.cap:,}", 11, anchor="end"))
        for x, column in zip(_COLUMNS, COLUMNS, strict=True):
            rate = rates[column][i]
            parts.append(_rect(x, y + 7, rate / scale * _BAR, 12, _BLUE, 1))
            parts.append(_text(x + rate / scale * _BAR + 6, y + 18, percent(rate)))
            times = shown._times(rate, i)
            parts.append(
                _text(x, y + 33, "no examples" if times == "none" else f"each comes {times} times", 11)
            )
    parts.append(_path(f"M4 {foot}H{_WIDTH - 4}", "currentColor", 1.5))
    return "".join(parts), foot


def _curves(shown, y):
    """The marker at T cuts each curve at a dot; the chosen task's curve is thick; the names stand on the left, in the order of the curves."""
    scale, top = shown._scale(), y + 32
    foot = top + _HIGH
    high = lambda rate: foot - rate / scale * _HIGH  # noqa: E731
    low, most = 1, 10
    temperatures = [low + _STEP * k for k in range(round((most - low) / _STEP) + 1)]
    curves = [shown._rates(t)["temperature"] for t in temperatures]
    parts = [_text(10, y, "Rates against the temperature T: from in proportion to equal", 13, bold=True)]
    for k in range(5):
        level = scale * k / 4
        parts.append(_path(f"M{_LEFT} {high(level):.2f}H{_EQUAL}", _LINE, 1))
        parts.append(_text(_EQUAL + 10, high(level) + 4, f"{100 * level:.0f} %", 11))
    for t in (*range(low, most + 1), math.inf):
        parts.append(_text(place(t), foot + 17, "∞" if t == math.inf else t, 11, anchor="middle"))
    parts.append(_text((_LEFT + _TEN) / 2, foot + 35, "temperature T", 11, anchor="middle"))
    parts.append(_text(_EQUAL + 34, top - 12, "rate", 11))
    places = spread([high(rate) for rate in curves[0]], top - 2, foot + 2)
    equal = shown._rates(math.inf)["temperature"]
    for i, name in enumerate(shown.tasks):
        thick, colour = (3.5, "#b35900") if i == shown.task else (1.5, _BLUE)
        way = "L".join(
            f"{place(t):.2f} {high(rates[i]):.2f}" for t, rates in zip(temperatures, curves, strict=True)
        )
        parts.append(_path(f"M{way}", colour, thick))
        parts.append(_path(f"M{_TEN} {high(curves[-1][i]):.2f}L{_EQUAL} {high(equal[i]):.2f}", colour, thick, "4 4"))  # fmt: skip
        parts.append(_path(f"M{_LEFT - 20} {places[i]:.2f}L{_LEFT - 3} {high(curves[0][i]):.2f}", _GREY, 1))
        parts.append(_text(_LEFT - 24, places[i] + 4, shortened(name, 16), 12, anchor="end", bold=i == shown.task))  # fmt: skip
    at = place(shown._at())
    parts.append(_path(f"M{at:.2f} {top - 8}V{foot + 4}", "currentColor", 1.5))
    parts.append(_text(at, top - 12, f"T = {shown._warmth()}", 12, anchor="middle", bold=True))
    parts += [
        f'<circle cx="{at:.2f}" cy="{high(rate):.2f}" r="4" fill="#212121"/>'
        for rate in shown._rates()["temperature"]
    ]
    return "".join(parts), foot + 44


def place(temperature: float) -> float:
    """Where a temperature stands, from left to right; infinity has its own place behind 10."""
    return _EQUAL if temperature == math.inf else _LEFT + (temperature - 1) / 9 * (_TEN - _LEFT)


def _text(x, y, text, size=13, anchor="", bold=False):
    look = (f' text-anchor="{anchor}"' if anchor else "") + (' font-weight="700"' if bold else "")
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}"{look}>{html.escape(str(text))}</text>'


def _rect(x, y, width, height, fill, opacity):
    if not width:
        return ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:.4f}" height="{height:g}" fill="{fill}" fill-opacity="{opacity:g}"/>'


def _path(way, colour, thick, dashes=""):
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{way}" stroke="{colour}" stroke-width="{thick:g}"{dashed} fill="none"/>'


# Numbers as texts: the picture writes them alike. The nudge rounds a half up in both ------------------------------------

_NUDGE = 1 + 1e-9


def percent(rate: float) -> str:
    """0 % only where it is none, 100 % only where it is all."""
    share = 100 * rate * _NUDGE
    if rate in (0, 1):
        return f"{share:.0f} %"
    if share < 1:
        return "< 0.01 %" if share < 0.01 else f"{share:#.2g} %"
    return f"{min(share, 99.9):.1f} %"


def times_text(times: float) -> str:
    """0.112, 1.30, 11.2, 1,302, 1.30 million."""
    times *= _NUDGE
    if 0 < times < 0.01:
        return "< 0.01"
    for unit, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if times >= unit:
            return _digits(times / unit) + word
    return _digits(times)


def temperature_text(temperature: float) -> str:
    """Two digits behind the point at most."""
    return "∞" if temperature == math.inf else f"{temperature * _NUDGE:.2f}".rstrip("0").rstrip(".")


def _digits(number: float) -> str:
    digits = next((digits for least, digits in ((100, 0), (10, 1), (1, 2)) if number >= least), 3)
    return f"{number:,.{digits}f}" if number else "0"
