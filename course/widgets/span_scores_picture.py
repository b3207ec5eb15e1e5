"""The static picture of `SpanScores`: the text with the best spans, the map of all, its legend, and the list of the best."""

import html
from typing import TYPE_CHECKING

import numpy as np

from course.widgets.flow import WIDTH, shortened
from course.widgets.span_scores_words import LEAST, lanes, percent, reach, signed
from course.widgets.window_stepper import text_width

if TYPE_CHECKING:
    from course.widgets.span_scores import SpanScores

_BLUE, _ORANGE, _GREY, _INK = "#0072b2", "#b35900", "#5f6368", "#212121"
_SHADE = "#8b8f95"  # of what cannot be an answer: not as strong as ink, since the patterns lie on it
_MAP, _BARS = 370, 40  # px: the square, and a bar at its full length
_NAMED = 10  # px: the smallest cell that has room for a token beside it
_LANE, _INDENT = 14, 74.0  # px: a bar below the text; where the text begins
_WHOLE = 150  # tokens: of a longer text only the lines with a best span are drawn
_SHADES, _MOST_CELLS = 16, 2_500  # the strongest so many cells are drawn
_PITCH = 10  # px, of the patterns
# In a tile of ten each pattern has a corner of its own, so that several can lie on one another.
_MARKS = {1: (1, 5, "l4 -4"), 2: (6.6, 2.5, "h2m-1 -1v2"), 4: (1, 8, "h4"), 8: (7.6, 6, "v3.5")}


def drawn(shown: "SpanScores") -> tuple[str, float, float]:
    """The shapes, and the width and height of all."""
    text, y = _tokens(shown, 8.0)
    square, right, low = _map(shown, y + 8)
    side, end = _side(shown, right + 24, y + 24)
    table, y = _list(shown, max(low, end) + 26)
    return text + square + side + table, WIDTH, y


def _text(x, y, text, size=12, anchor="", bold=False, turned=False):
    look = (f' text-anchor="{anchor}"' if anchor else "") + (' font-weight="700"' if bold else "")
    where = f'transform="translate({x:g} {y:g}) rotate(-90)"' if turned else f'x="{x:g}" y="{y:g}"'
    return f'<text {where} font-size="{size:g}"{look}>{html.escape(str(text))}</text>'


def _rect(x, y, width, height, fill, opacity=1.0, line="", dashes=""):
    stroke = f' stroke="{line}"' if line else ""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" fill="{fill}" fill-opacity="{opacity:.3g}"{stroke}{dashed}/>'


def _path(way, line, thick=1.0, fill="none", opacity=1.0):
    return f'<path d="{way}" fill="{fill}" stroke="{line}" stroke-width="{thick:g}" opacity="{opacity:g}"/>'


def _tokens(shown, y):
    """Question and passage, each best span with a bar and its rank below; padding is one item."""
    marks = [(span, str(rank)) for rank, span in enumerate(shown._best(), 1)]
    marks += [] if shown.chosen is None else [(tuple(shown.chosen), "◇")]
    depth = lanes([span for span, _ in marks])
    parts, left_out = [], False
    for block, line in _lines(shown):
        bars = [
            (lane, span, label, inside)
            for (span, label), lane in zip(marks, depth, strict=True)
            if (inside := [one for one in line if _under(span, one)])
        ]
        if not bars and not block and len(shown.tokens) > _WHOLE:
            parts += [] if left_out else [_text(_INDENT, y + 12, "…", 13)]
            y += 0 if left_out else 20
            left_out = True
            continue
        left_out = False
        parts.append(_text(8, y + 14, block, 11))
        for begin, _, x, _, word in line:
            soft = shown.kinds[begin] in ("special", "padding")
            parts.append(
                _text(x, y + 14, word, 13).replace("<text", '<text fill-opacity=".65"' if soft else "<text")
            )
        used = sorted({lane for lane, *_ in bars})  # those of this line close up
        for lane, span, label, inside in bars:
            parts += _bars(shown, y + 20 + used.index(lane) * _LANE, span, label, inside)
        y += 26 + len(used) * _LANE
    return "".join(parts), y


def _under(span, one):
    """Whether a word, (its first token, its last, …), has the span's bar below it: of a span that runs backwards, its two ends."""
    first, last = span
    if last < first:
        return any(one[0] <= at <= one[1] for at in span)
    return first <= one[1] and one[0] <= last


def _bars(shown, y, span, label, inside):
    excluded, back = bool(shown._reasons(*span)), span[1] < span[0]
    colour = _ORANGE if label == "◇" else _GREY if excluded else _BLUE
    solid = label == "1" and not excluded
    for part in [[one] for one in inside] if back else [inside]:
        left, right = part[0][2], part[-1][3]
        yield _rect(
            left, y, right - left, 11, colour, 1 if solid else 0.15, colour, "3 2" if excluded else ""
        )
        if back or any(one[0] <= min(span) <= one[1] for one in part):
            ink = "<text fill='#ffffff'" if solid else "<text"
            yield _text(left + 3, y + 9, label, 10, bold=True).replace("<text", ink)


def _lines(shown):
    """(what begins here: "question", "passage" or "", [(first token, last token, x, end, word)]) of each line of the text."""
    found, at, x, block = [("question", [])], 0, _INDENT, "question"
    while at < len(shown.tokens):
        kind, end = shown.kinds[at], at
        while kind == "padding" and shown.kinds[end + 1 : end + 2] == ["padding"]:
            end += 1
        word = shortened(shown.tokens[at], 24)
        piece = word.startswith("##") and len(word) > 2
        word = f"{word} × {end - at + 1}" if end > at else word[2:] if piece else word
        wide = text_width(word) * 13 / 16 + 2
        begins = kind in ("question", "passage") and kind != block
        if begins or x + wide > WIDTH - 8:
            found.append((kind if begins else "", []))
            block, x = kind if begins else block, _INDENT
        x -= 6 if piece and found[-1][1] else 0
        found[-1][1].append((at, end, x, x + wide, word))
        x += wide + 6
        at = end + 1
    return found


def _map(shown, y):
    """The square, its bars and names; what is under it, and how far right it reaches."""
    count = len(shown.tokens)
    size = min(24.0, _MAP / count)
    named, side = size >= _NAMED, size * count
    left, top = (92 if named else 14) + _BARS, y + (78 if named else 8) + _BARS
    parts = [_text(left - 6, top - 20, "last →", 11, "end"), _text(left - 6, top - 6, "first ↓", 11, "end")]
    starts, ends = shown._chances()
    scale = max(starts.max(), ends.max())
    for k, token in enumerate(shown.tokens):
        place = (k + 0.7) * size
        if named:
            word = shortened(token, 11)
            parts.append(_text(left - _BARS - 4, top + place, word, 11, "end"))
            parts.append(_text(left + place, top - _BARS - 4, word, 11, turned=True))
        for long, bar in ((starts[k], (left, k)), (ends[k], (k, top))):
            long = long / scale * (_BARS - 4)
            if long < 0.3:
                continue
            where = (left - 2 - long, top + k * size, long, size) if bar == (left, k) else (left + k * size, top - 2 - long, size, long)  # fmt: skip
            parts.append(_rect(*where, _BLUE, 0.9))
    parts += [_cells(shown, left, top, size), _patterns(shown, left, top, size), _frame(shown, left, top, size)]  # fmt: skip
    parts.append(f'<rect x="{left}" y="{top}" width="{side:g}" height="{side:g}" fill="none" stroke="{_GREY}"/>')  # fmt: skip
    parts.append(_signs(shown, left, top, size))
    return "".join(parts), left + side, top + side


def _cells(shown, left, top, size):
    """A shade for each power of ten; blue for what can be an answer, grey for the rest. One path for all cells of a shade."""
    starts, ends = shown._chances()
    product = starts[:, None] * ends[None, :]
    with np.errstate(divide="ignore"):
        share = 1 - np.log10(product) / np.log10(LEAST)
    shade = np.ceil(share.clip(0, 1) * _SHADES).astype(int)
    shade.flat[np.argsort(-product, axis=None)[_MOST_CELLS:]] = 0
    can, parts = shown._excluded() == 0, []
    for level in range(1, _SHADES + 1):
        for colour, there in ((_BLUE, can), (_SHADE, ~can)):
            cells = np.argwhere((shade == level) & there).tolist()
            for k in range(0, len(cells), 1_000):
                way = "".join(
                    f"M{left + j * size:.2f} {top + i * size:.2f}h{size:.2f}v{size:.2f}h-{size:.2f}z"
                    for i, j in cells[k : k + 1_000]
                )
                parts.append(f'<path d="{way}" fill="{colour}" fill-opacity="{level / _SHADES:g}"/>')
    return "".join(parts)


def _patterns(shown, left, top, size):
    """On a lattice, the mark of each reason that holds for the cell there."""
    bits, count = shown._excluded(), len(shown.tokens)
    pitch = size if size >= _PITCH else _PITCH
    ways = dict.fromkeys(_MARKS, "")
    for row in range(int(count * size / pitch + 1e-6)):
        for column in range(int(count * size / pitch + 1e-6)):
            for reason, (x, y, way) in _MARKS.items():
                x, y = (column + x / 10) * pitch, (row + y / 10) * pitch
                if bits[min(count - 1, int(y / size)), min(count - 1, int(x / size))] & reason:
                    ways[reason] += f"M{left + x:.1f} {top + y:.1f}{way}"
    return "".join(_path(way, _INK, 1, opacity=0.6) for way in ways.values() if way)


def _frame(shown, left, top, size):
    """A line around what can be an answer."""
    inside = [i for i, kind in enumerate(shown.kinds) if kind == "passage"]
    begin, end = inside[0], inside[-1] + 1
    steps = [(begin, begin)]
    for i in range(begin, end):
        steps += [(i, min(end, i + shown.longest)), (i + 1, min(end, i + shown.longest))]
    for i in range(end, begin, -1):
        steps += [(i, i - 1), (i - 1, i - 1)]
    way = "L".join(f"{left + j * size:.2f} {top + i * size:.2f}" for i, j in steps)
    return _path(f"M{way}Z", _BLUE, 2)


def _signs(shown, left, top, size):
    """The ranks of the best, a diamond around the chosen span, and no answer in its corner."""
    parts = []
    at = lambda span: (left + (span[1] + 0.5) * size, top + (span[0] + 0.5) * size)  # noqa: E731
    if shown.chosen is not None:
        (x, y), r = at(shown.chosen), max(7.0, size * 0.85)
        way = f"M{x:.2f} {y - r:.2f}l{r:.2f} {r:.2f}l-{r:.2f} {r:.2f}l-{r:.2f} -{r:.2f}z"
        parts += [_path(way, "#ffffff", 5), _path(way, _ORANGE, 2.5)]
    best = shown._best()
    for rank, span in enumerate(best, 1):
        x, y = at(span)
        if size >= _NAMED:
            parts.append(_haloed(x, y + 4, rank))
        else:
            parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="3.5" fill="none" stroke="{_INK}" stroke-width="1.5"/>')  # fmt: skip
            parts.append(_haloed(x + 10, y - 5, 1) if rank == 1 else "")
    if (0, 0) not in best:
        parts.append(_haloed(left + max(6, size / 2), top + max(6, size / 2) + 4, "∅"))
    return "".join(parts)


def _haloed(x, y, text):
    said = _text(x, y, text, 11.5, "middle", True)
    return said.replace("<text", '<text stroke="#ffffff" stroke-width="3"') + said


def _side(shown, x, y):
    """What the reader says, the number line of its threshold, and the legend."""
    why, says = shown._verdict().split(" The reader says: ")
    parts, wide = [], WIDTH - x - 10
    for text, bold in ((f"The reader says: {says}", True), (why, False), (shown._on_chosen(), False)):
        for line in _wrapped(text, wide / 1.03):
            parts.append(_text(x, y, line, 12, bold=bold))
            y += 16
        y += 6 if text else 0
    line, y = _threshold(shown, x, y + 4, wide)
    parts.append(line)
    counts = shown._counts()
    names = {
        0: "can be the answer", 1: "ends before it begins", 2: f"longer than {shown.longest}",
        4: "in the question or special", 8: "in the padding",
    }  # fmt: skip
    for reason, name in names.items():
        if reason:
            parts.append(_rect(x, y, 30, 20, _GREY, 0.18, _GREY))
            left, top, way = _MARKS[reason]
            tiles = "".join(f"M{x + left + 10 * k:g} {y + top + 10 * row:g}{way}" for k in range(3) for row in range(2))  # fmt: skip
            parts.append(_path(tiles, _INK, 1, opacity=0.8))
        else:
            parts.append(_rect(x, y, 30, 20, _BLUE, 0.4, _BLUE))
        parts += [_text(x + 37, y + 14, name, 11.5), _text(x + wide, y + 14, f"{counts[reason]:,}", 11.5, "end", True)]  # fmt: skip
        y += 24
    parts.append(_text(x, y + 16, "P_start · P_end, on a logarithmic scale", 11))
    for k in range(4):
        chance = LEAST * 100**k
        for row, colour in ((0, _BLUE), (1, _SHADE)):
            parts.append(_rect(x + k * wide / 4, y + 23 + row * 12, wide / 4, 12, colour, k / 3, _GREY))
        parts.append(_text(x + (k + 0.5) * wide / 4, y + 60, percent(chance) if k else "≤ 0.0001 %", 10, "middle"))  # fmt: skip
    return "".join(parts), y + 64


def _threshold(shown, x, y, wide):
    gap = shown._gap()
    end = reach([shown.threshold] + ([gap] if abs(gap) < np.inf else []))
    place = lambda number: x + 8 + (wide - 16) * min(1, max(0, 0.5 + number / end / 2))  # noqa: E731
    cut, dot = place(shown.threshold), place(gap)
    parts = [
        _rect(x + 8, y, cut - x - 8, 14, _BLUE, 0.2), _rect(cut, y, x + wide - 8 - cut, 14, _ORANGE, 0.2),
        _path(f"M{cut:.2f} {y - 4:g}v28", _INK, 2), f'<circle cx="{dot:.2f}" cy="{y + 19:g}" r="5" fill="{_INK}"/>',
    ]  # fmt: skip
    if cut - x > 70:
        parts.append(_text((x + 8 + cut) / 2, y + 11, "the answer", 11, "middle"))
    if x + wide - cut > 70:
        parts.append(_text((x + wide - 8 + cut) / 2, y + 11, "no answer", 11, "middle"))
    parts += [_text(place(k * end), y + 38, signed(k * end, 0), 10, "middle") for k in (-1, 0, 1)]
    return "".join(parts), y + 52


def _wrapped(text, wide):
    """Lines of a text of 12 px."""
    found = [""] if text else []
    for word in text.split():
        if found[-1] and text_width(f"{found[-1]} {word}") * 12 / 16 > wide:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    return found


def _list(shown, y):
    columns = (430, 490, 570, 650, 740)
    title = "The best of all spans" if shown.everything else "The best answers"
    parts = [_text(10, y, title, 13, bold=True)]
    parts += [_text(x, y, name, 12, "end", True) for x, name in zip(columns, ("first", "last", "P_start", "P_end", "product"), strict=True)]  # fmt: skip
    starts, ends = shown._chances()
    for rank, (first, last) in enumerate(shown._best(), 1):
        y += 20
        excluded = shown._reasons(first, last)
        parts.append(_path(f"M8 {y - 14}H{WIDTH - 8}", "#bdbdbd"))
        text = shortened(shown._text(first, last), 56)
        parts.append(_text(10, y, f"{rank}  {text}", 12, bold=not excluded))
        told = (first, last, percent(starts[first]), percent(ends[last]), percent(starts[first] * ends[last]))
        parts += [_text(x, y, one, 12, "end") for x, one in zip(columns, told, strict=True)]
        if excluded:
            y += 15
            why = (
                "stands for no answer"
                if first == last == 0
                else f"cannot be the answer: {'; '.join(excluded)}"
            )
            parts.append(_text(22, y, why, 11))
    if not shown._best():
        y += 20
        parts.append(_text(10, y, "No span that can be the answer has a probability above 0."))
    return "".join(parts), y + 12
