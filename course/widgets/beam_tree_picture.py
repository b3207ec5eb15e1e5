"""The static picture of `BeamTree`: the tree from left to right, a column a step, and below it the list of the finished texts."""

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from course.widgets.beam_tree_given import alpha_text
from course.widgets.beam_tree_search import ROOT, Node, dropped, score
from course.widgets.flow import WIDTH, shortened
from course.widgets.span_scores_words import percent, signed
from course.widgets.window_stepper import text_width

if TYPE_CHECKING:
    from course.widgets.beam_tree import BeamTree

_BLUE, _ORANGE, _GREY, _LINE = "#0072b2", "#b35900", "#5f6368", "#bdbdbd"
_BOX, _PITCH, _LEFT = 104, 128, 10  # a box's width, from one column to the next, the first one's place
_ACROSS = 5  # steps side by side; more go on below
_HEIGHTS = {"live": 38, "finished": 52, "dropped": 30, "prompt": 38}
_GAP = 7  # between two boxes of a column
_HEAD = 26  # the steps' names
_LISTED = 8  # finished texts


def drawn(shown: "BeamTree") -> tuple[str, float, float]:
    """The shapes, and the width and height of all."""
    columns = columns_of(shown)
    tree, y = "", 8.0
    for first in range(0, max(1, len(columns) - 1), _ACROSS):
        part, y = _band(shown, columns, first, y)
        tree += part
    legend, y = _legend(shown, y + 8)
    table, y = _list(shown, y + 22)
    return tree + legend + table, WIDTH, y


def kind_of(shown: "BeamTree", node: Node) -> str:
    """What a box is: "prompt", "live", "finished" (ended, or cut after the most tokens) or "dropped"."""
    if not node.ids:
        return "prompt"
    if not node.place:
        return "dropped"
    return "finished" if node.ids[-1] == shown._finish or len(node.ids) == shown.most else "live"


def columns_of(shown: "BeamTree") -> list[list[tuple[Node, float]]]:
    """For each step that is shown, the prompt first: its boxes from the top down, each with the height of its middle, 0 the prompt's."""
    columns = [[(ROOT, 0.0)]]
    for step in shown._steps()[: shown._shown()]:
        kept = {node.ids: [one for one in step.kept if one.ids[:-1] == node.ids] for node in step.live}
        boxes, wanted = [], []
        for parent, middle in columns[-1]:
            if parent.ids not in kept or kind_of(shown, parent) not in ("live", "prompt"):
                continue
            own = kept[parent.ids] + dropped(shown._table, step, parent)
            sizes = [_HEIGHTS[kind_of(shown, one)] for one in own]
            heart = own[
                : len(kept[parent.ids]) or None
            ]  # the kept ones stand beside their parent, the others below
            top = middle - (sum(sizes[: len(heart)]) + _GAP * (len(heart) - 1)) / 2
            for one, size in zip(own, sizes, strict=True):
                boxes.append(one)
                wanted.append((top + size / 2, size))
                top += size + _GAP
        places = apart(wanted)
        middles = [place for box, place in zip(boxes, places, strict=True) if box.place]
        away = sum(middles) / len(middles)  # the dropped ones would push a long tree up or down, step by step
        columns.append([(box, place - away) for box, place in zip(boxes, places, strict=True)])
    return columns


def apart(wanted: Sequence[tuple[float, float]], gap: float = _GAP) -> list[float]:
    """Places for boxes, (the middle that each would like, its height) from the top down, moved as little as needed so that none overlap."""
    blocks: list[
        list[float]
    ] = []  # of boxes that touch: how many, the sum of where its first would like to be
    offsets, offset = [], 0.0
    for k, (middle, size) in enumerate(wanted):
        offset += (wanted[k - 1][1] + size) / 2 + gap if k else 0
        offsets.append(offset)
        blocks.append([1, middle - offset])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][0] > blocks[-1][1] / blocks[-1][0]:
            count, total = blocks.pop()
            blocks[-1][0] += count
            blocks[-1][1] += total
    starts = [total / count for count, total in blocks for _ in range(int(count))]
    return [start + one for start, one in zip(starts, offsets, strict=True)]


def marks_of(shown: "BeamTree", node: Node) -> tuple[bool, bool]:
    """Whether the result goes through it; whether greedy does, and the result does not. Both are known when the search is over."""
    if not shown._over() or not node.ids:
        return False, False
    count, best, greedy = len(node.ids), shown._ranked(None)[0].ids, shown._greedy().ids
    wins = best[:count] == node.ids
    return wins, not wins and greedy[:count] == node.ids


def _band(shown, columns, first, y):
    """The columns from `first` on; of that one, which stands above already, what goes on, as the beginning of its edges."""
    again = [one for one in columns[first] if not first or kind_of(shown, one[0]) == "live"]
    part = [again, *columns[first + 1 : first + _ACROSS + 1]]
    extent = [(middle, _HEIGHTS[kind_of(shown, node)]) for column in part for node, middle in column]
    top = min(middle - size / 2 for middle, size in extent)
    down = y + _HEAD - top
    lines, boxes = [], []
    for k, column in enumerate(part):
        x = _LEFT + k * _PITCH
        name = f"step {first + k}" if first + k else "prompt"
        boxes.append(_text(x + _BOX / 2, y + 12, name, 11, "middle", bold=first + k == shown._shown()))
        before = {node.ids: middle for node, middle in part[k - 1]} if k else {}
        for node, middle in column:
            if k:
                lines.append(_edge(shown, node, x, before[node.ids[:-1]] + down, middle + down))
            boxes.append(_box(shown, node, x, middle + down))
    return "".join(sorted(lines, key=len) + boxes), down + max(
        middle + size / 2 for middle, size in extent
    ) + 12


def _edge(shown, node, x, from_y, to_y):
    wins, _ = marks_of(shown, node)
    colour, thick, dashes = (_ORANGE, 4, "") if wins else (_BLUE, 2, "") if node.place else (_GREY, 1, "4 3")
    start, end = x - _PITCH + _BOX, x
    middle = (start + end) / 2
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path d="M{start:g} {from_y:.1f}C{middle:g} {from_y:.1f} {middle:g} {to_y:.1f} {end:g} {to_y:.1f}" fill="none" '
        f'stroke="{colour}" stroke-width="{thick}"{dashed}/>'
    )


def _box(shown, node, x, middle):
    kind = kind_of(shown, node)
    wins, greedy = marks_of(shown, node)
    size = _HEIGHTS[kind]
    top = middle - size / 2
    badge = _badge(x + _BOX - 3, top + 2) if greedy else ""
    if kind == "prompt":
        word = _fitted(shown._texts["prompt"], 12, bold=True)
        return (
            _rect(x, top, size, _GREY, 1.5)
            + _text(x + 7, top + 16, word, 12, bold=True)
            + _text(x + 7, top + 31, "sum 0", 10)
        )
    word, chance = shown._named[node.ids[-1]], percent(max(math.exp(node.log), 5e-324))
    if kind == "dropped":
        return (
            _rect(x, top, size, _GREY, 1, dashes="3 2") + _text(x + 7, top + 13, _fitted(f"✕ {word}", 11), 11, grey=True)
            + _text(x + 7, top + 25, f"{chance}  Σ {signed(node.sum)}", 10, grey=True) + badge
        )  # fmt: skip
    colour = _ORANGE if wins else _BLUE
    word = _fitted(f"★ {word}" if wins else word, 12, bold=True)
    found = _rect(x, top, size, colour, 2.5 if wins else 1.5, ground=0.14)
    if kind == "finished":
        found += _rect(x, top, size, colour, 1, inset=3)
        found += _text(x + 7, top + 46, f"score {signed(score(node, shown.alpha))}", 10, bold=True)
    found += _text(x + 7, top + 16, word, 12, bold=True)
    return found + _text(x + 7, top + 31, f"{chance}  Σ {signed(node.sum)}", 10) + badge


def _fitted(word, size, bold=False):
    """As much of a word as there is room for."""
    factor = size / 16 * (1.08 if bold else 1)
    count = len(word)
    while count > 1 and text_width(shortened(word, count)) * factor > _BOX - 14:
        count -= 1
    return shortened(word, count)


def _badge(x, y):
    return (
        f'<circle cx="{x:g}" cy="{y:.1f}" r="7" fill="#ffffff" stroke="#212121" stroke-width="1.5"/>'
        + _text(x, y + 3.5, "g", 10, "middle", bold=True)
    )


def _legend(shown, y):
    over = shown._over()
    words = ["token, probability, sum so far (Σ)", "double frame: finished", "✕ dashed: dropped"]
    words += ["★ the result"] * over + ["g greedy's path, where it is another"] * (over and shown.width > 1)
    return _text(_LEFT, y + 4, "   ·   ".join(words), 10), y + 8


def _list(shown, y):
    found = shown._ranked(shown._shown())
    if not found:
        return "", y - 14
    alpha = alpha_text(shown.alpha)
    parts = [_text(_LEFT, y, f"Finished, best first: score = sum / tokens^{alpha}", 12, bold=True)]
    ends = (560, 640, WIDTH - 10)
    parts += [_text(x, y, name, 11, "end") for x, name in zip(ends, ("sum", "tokens", "score"), strict=True)]
    for rank, node in enumerate(found[:_LISTED], 1):
        y += 20
        parts.append(
            f'<path d="M{_LEFT} {y - 14:g}H{WIDTH - 10}" stroke="{_LINE}" stroke-width="1" fill="none"/>'
        )
        cut = "" if node.ids[-1] == shown._finish else "  (cut)"
        best = shown._over() and rank == 1
        text = f"{'★' if best else rank}  {shown._text(node.ids)}{cut}"
        parts.append(_text(_LEFT, y, text, 12, bold=best))
        numbers = (signed(node.sum), len(node.ids), signed(score(node, shown.alpha)))
        parts += [_text(x, y, number, 12, "end", bold=best) for x, number in zip(ends, numbers, strict=True)]
    if len(found) > _LISTED:
        y += 20
        parts.append(_text(_LEFT, y, f"and {len(found) - _LISTED} more", 11))
    return "".join(parts), y + 12


def _text(x, y, text, size, anchor="", bold=False, grey=False):
    look = (f' text-anchor="{anchor}"' if anchor else "") + (' font-weight="700"' if bold else "")
    look += f' fill="{_GREY}"' if grey else ""
    return f'<text x="{x:g}" y="{y:.1f}" font-size="{size}"{look}>{html.escape(str(text))}</text>'


def _rect(x, y, height, line, thick, ground=0.0, dashes="", inset=0):
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    fill = f'fill="{line}" fill-opacity="{ground:g}"' if ground else 'fill="none"'
    return (
        f'<rect x="{x + inset:g}" y="{y + inset:.1f}" width="{_BOX - 2 * inset}" height="{height - 2 * inset}" rx="4" {fill} '
        f'stroke="{line}" stroke-width="{thick:g}"{dashed}/>'
    )
