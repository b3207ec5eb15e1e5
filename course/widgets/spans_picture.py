"""The static picture of `SpanStepper`, and its words."""

import html
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from course.widgets import flow, spans
from course.widgets.flow import Cell
from course.widgets.window_stepper import text_width

if TYPE_CHECKING:
    from course.widgets.span_stepper import Place, SpanStepper

_LOOKS = {"noise": "chosen", "sentinel": "first", "eos": "mark", "label": "first"}
_HIGH = 90  # of a full bar
# title, key of `spans.counted`
COMPARED = (
    ("sentinels in the input", "sentinels"),
    ("tokens of the input", "input"),
    ("tokens of the target", "target"),
    ("tokens in a span", "length"),
)


def cells(place: "Place") -> list[Cell]:
    """A place as `flow.draw` takes it: what stands there, and the small line below it."""
    return [Cell(place.text, _LOOKS.get(place.look, "plain")), Cell(place.note, "note")]


def lines(sentences: list[str], y: float) -> tuple[str, float]:
    """Sentences below each other, and the y below them."""
    parts = []
    for line in (line for sentence in sentences for line in textwrap.wrap(sentence, 104)):
        parts.append(f'<text x="10" y="{y + 12:g}" font-size="14">{html.escape(line)}</text>')
        y += 20
    return "".join(parts), y + 4


def numbers_said(stepper: "SpanStepper") -> list[str]:
    """How many tokens are noise and why; by hand the numbers do not hold."""
    said = stepper._setting()["said"]
    if not stepper.mask:
        return said
    return [f"{by_hand(stepper)} The numbers of a drawn mask do not hold for it. They would be:", *said]


def by_hand(stepper: "SpanStepper") -> str:
    noise = stepper._noise()
    return f"This mask is made by hand: {many_of(sum(noise), 'noise token')} in {many_of(len(spans.runs_of(noise)), 'span')}."


def many_of(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def spread(found: list[float]) -> str:
    """[least, mean, most] in words: one number where all are the same."""
    if not found:
        return "none"
    least, mean, most = found
    return f"{least} always" if least == most else f"{mean:.1f} ({least} to {most})"


# In words -------------------------------------------------------------------------------------------------------------


def said(stepper: "SpanStepper") -> str:
    """One or two sentences for the picture of this step."""
    tokens, noise = stepper.tokens, stepper._noise()
    if stepper.step == "tokens":
        return f"“{' '.join(tokens)}”: {len(tokens)} tokens."
    if stepper.step == "draws":
        return _said_of_many(stepper)
    text = lambda row: " ".join(place.text for place in row)  # noqa: E731
    if stepper.step == "spans":
        runs = [f"“{' '.join(tokens[begin:end])}”" for begin, end in spans.runs_of(noise)]
        which = f"draw {stepper.draw + 1} at {_percent(stepper.rate)} and mean length {stepper.mean_span}"
        which = "a mask made by hand" if stepper.mask else which
        return f"In {which}, {sum(noise)} of {len(tokens)} tokens are noise, in {many_of(len(runs), 'span')}: {', '.join(runs) or 'none'}."
    read, written = stepper._row("input"), stepper._row("target")
    if stepper.step == "input":
        return f"The encoder reads {len(read)} tokens: “{text(read)}”. Each span has become one sentinel."
    if stepper.step == "target" and stepper.decoder_only:
        row, labels, prefix = stepper._one_row()
        asked = sum(label.look != "free" for label in labels)
        return f"One row for a decoder alone: “{text(row)}”. The first {prefix} tokens are the prefix and see each other; the other {len(row) - prefix} see what stands to their left. The loss counts {asked} of {len(row)} places."
    if stepper.step == "target":
        return f"The decoder writes {len(written)} tokens: “{text(written)}”."
    runs = spans.runs_of(noise)
    filled = [f"{stepper._sentinel(i).text} gives “{' '.join(tokens[b:e])}”" for i, (b, e) in enumerate(runs)]
    return f"Each sentinel of the input is filled from the target: {'; '.join(filled) or 'there is none'}. The text is back: “{text(stepper._row('restored'))}”."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _said_of_many(stepper):
    setting, lone = stepper._setting(), stepper._alone[stepper._asked["rates"].index(stepper.rate)]
    found = f"1,000 draws at {_percent(stepper.rate)} and mean length {stepper.mean_span}: the first token is noise {setting['often'][0]} times, the last {setting['often'][-1]:,}. "
    return found + "; ".join(
        f"{title}: {spread(setting[key])}, and {spread(lone[key])} where each token is chosen alone"
        for title, key in COMPARED
    ) + "."  # fmt: skip


# Pictures -------------------------------------------------------------------------------------------------------------


def one_row(row: "list[Place]", labels: "list[Place]", prefix: int) -> tuple[str, float, float]:
    """A decoder's row with what it is asked for, and who sees whom as a square."""
    columns = [[Cell("reads", "head"), Cell("", "note"), Cell("predicts", "head")]]
    for i, (place, label) in enumerate(zip(row, labels, strict=True)):
        sees = "↔ prefix" if i < prefix else "← left"
        look = "plain" if label.look == "free" else "second"
        columns.append([cells(place)[0], Cell(sees, "note"), Cell(label.text, look)])
    parts, width, y = flow.draw(columns, 10)
    made, _ = lines([f"Who sees whom: the first {prefix} tokens each other,", "the others what stands to their left, and themselves."], y + 40)  # fmt: skip
    made = made.replace('x="10"', 'x="150"')
    return parts + _square(10, y + 4, 124, prefix, len(row)) + made, max(width, 560), y + 140


def _square(x, y, size, prefix, total):
    """Rows read columns: the prefix a full block, below it one step more for each row."""
    unit = size / total
    steps = "".join(f"h{unit:.3f}v{unit:.3f}" for _ in range(total - prefix))
    path = f"M{x:g} {y:g}h{prefix * unit:.3f}v{prefix * unit:.3f}{steps}H{x:g}Z"
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{size}" height="{size}" fill="none" stroke="#5f6368"/>'
        f'<path d="{path}" fill="#56b4e9" fill-opacity=".45" stroke="#0072b2" stroke-width="1"/>'
    )


def many(tokens: list[str], setting: dict[str, Any], lone: dict[str, Any]) -> tuple[str, float, float]:
    """How often each place is noise, the spans' lengths, and what each token alone by chance gives."""
    words = [flow.shortened(token) for token in tokens]
    found, used = flow.lines([max(40.0, text_width(word) + 12) for word in words])
    parts, y = [], 10.0
    for line in found:
        y += _HIGH
        for i, x in line:
            wide = max(40.0, text_width(words[i]) + 12)
            middle, often = x + wide / 2, setting["often"][i]
            parts.append(_bar(middle - 14, y, often / 1_000 * _HIGH, 28, True))
            parts.append(
                f'<path d="M{x:g} {y - lone["often"][i] / 1_000 * _HIGH:g}h{wide:g}" stroke="#b35900" stroke-width="2" stroke-dasharray="5 3" fill="none"/>'
                f'<text x="{middle:g}" y="{y + 14:g}" text-anchor="middle" font-size="11">{often / 10:.0f} %</text>'
                f'<text x="{middle:g}" y="{y + 33:g}" text-anchor="middle" font-size="16">{html.escape(words[i])}</text>'
            )
        y += 56
    parts.append(_bar(10, y + 9, 12, 18, True))
    parts.append(_bar(190, y + 9, 12, 18, False))
    parts.append(
        f'<text x="34" y="{y + 9:g}" font-size="14">span corruption</text><text x="214" y="{y + 9:g}" font-size="14">each token alone (dashed above)</text>'
    )
    y += 34
    for title, key in COMPARED:
        parts.append(f'<text x="10" y="{y:g}" font-size="14">{title}</text>')
        for x, counted in ((190, setting), (340, lone)):
            parts.append(
                f'<text x="{x}" y="{y:g}" font-size="14" font-weight="700">{spread(counted[key])}</text>'
            )
        y += 21
    y += _HIGH
    shares = [np.array(one["lengths"]) / max(1, sum(one["lengths"])) for one in (setting, lone)]
    for k, pair in enumerate(zip(*shares, strict=True)):
        x = 10 + 40 * k
        parts += [
            _bar(x + 17 * j, y, float(share) * _HIGH, 15, j == 0) for j, share in enumerate(pair) if share
        ]
        name = str(k + 1) if k < spans.LONGEST else f"{k + 1}+"
        parts.append(
            f'<path d="M{x} {y:g}h32" stroke="currentColor" fill="none"/><text x="{x + 16}" y="{y + 14:g}" text-anchor="middle" font-size="11">{name}</text>'
        )
    parts.append(
        f'<text x="10" y="{y + 32:g}" font-size="14">tokens in a span, and the share of the spans that have so many</text>'
    )
    return "".join(parts), max(used, 560), y + 44


def _bar(x, foot, high, wide, solid):
    """Span corruption is solid and blue, each token alone striped and orange."""
    colour = "#0072b2" if solid else "#b35900"
    box = f'<rect x="{x:g}" y="{foot - high:g}" width="{wide}" height="{high:g}" fill="{colour if solid else "#ffffff"}" stroke="{colour}" stroke-width="1"/>'
    stripes = "" if solid else "".join(f"M{x:g} {foot - at:g}h{wide}" for at in np.arange(2, high, 4))
    return box + (f'<path d="{stripes}" stroke="{colour}" stroke-width="2" fill="none"/>' if stripes else "")
