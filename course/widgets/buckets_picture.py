"""The static picture of `RelativeBuckets`: the row of positions, the curve of bucket against offset, and a curve for each head."""

from typing import TYPE_CHECKING

from course.widgets.base import as_array

if TYPE_CHECKING:
    from course.widgets.relative_buckets import RelativeBuckets

_LEFT, _RIGHT = ("#0072b2", "#56b4e9"), ("#b35900", "#e69f00")  # line, ground
_CELL, _PER_LINE = 27, 27  # px, cells
_WIDTH, _HIGH = 690, 150  # of the curve
_SMALL = (166, 46)  # of a head's


def value(number: float) -> str:
    """A bias with its sign."""
    return f"{number:+.2f}".replace("-", "−")


def drawn(shown: "RelativeBuckets") -> tuple[str, float, float]:
    """The shapes, and the width and height of all."""
    row, y = _row(shown, 10.0)
    curve, y = _curve(shown, y + 22)
    heads, y = _heads(shown, y + 14) if shown.biases else ("", y)
    return row + curve + heads, 760, y + 6


def _text(x, y, text, size=11, middle=True, bold=False):
    anchor = ' text-anchor="middle"' if middle else ""
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}"{anchor} font-size="{size}"{weight}>{text}</text>'


def _row(shown, y):
    """Each key with its bucket inside and its position below; the query in a heavy box, the marked key in a dashed one."""
    parts = []
    side = shown.buckets // 2 if shown.bidirectional else shown.buckets
    for key in range(shown.length):
        offset = key - shown.query
        bucket = shown._bucket(offset)
        x, top = 10 + key % _PER_LINE * _CELL, y + key // _PER_LINE * 46
        hidden = offset > 0 and not shown.bidirectional
        line, ground = _RIGHT if offset > 0 else _LEFT
        opacity = 0 if hidden else 0.08 + 0.42 * (bucket % side) / (side - 1)
        look = f'stroke="{line}" stroke-width="1"'
        if offset == 0:
            look = 'stroke="#212121" stroke-width="3"'
        elif offset == shown.offset:
            look = 'stroke="#212121" stroke-width="3" stroke-dasharray="4 2"'
        elif hidden:
            look = 'stroke="#9aa0a6" stroke-width="1" stroke-dasharray="2 3"'
        parts.append(f'<rect x="{x + 1}" y="{top:g}" width="{_CELL - 3}" height="24" rx="4" fill="{ground}" fill-opacity="{opacity:.3f}" {look}/>')  # fmt: skip
        parts.append(_text(x + _CELL / 2, top + 17, bucket, 13, bold=offset in (0, shown.offset)))
        parts.append(_text(x + _CELL / 2, top + 36, key))
    return "".join(parts), y + (shown.length - 1) // _PER_LINE * 46 + 46


def _curve(shown, y):
    """Bucket against offset: a step for each bucket, the marked offset as a dot, the offsets that share its bucket as a band."""
    reach, foot = shown.max_distance + 12, y + _HIGH
    at = lambda offset: 40 + (offset + reach) / (2 * reach) * _WIDTH  # noqa: E731
    high = lambda bucket: foot - bucket / (shown.buckets - 1) * _HIGH  # noqa: E731
    first, last = shown._range(shown.offset)
    low, top = at(-reach if first is None else first - 0.5), at(reach if last is None else last + 0.5)
    parts = [
        f'<rect x="{low:.2f}" y="{y:g}" width="{top - low:.2f}" height="{_HIGH}" fill="#5f6368" fill-opacity=".15"/>'
    ]
    for (line, _), (start, end) in ((_LEFT, (-reach, 0)), (_RIGHT, (1, reach))):
        path = "".join(
            f"{'M' if k == 0 else 'V'}{f'{at(o - 0.5):.2f} ' if k == 0 else ''}{high(shown._bucket(o)):.2f}H{at(o + 0.5):.2f}"
            for k, o in enumerate(range(start, end + 1))
        )
        parts.append(f'<path d="{path}" fill="none" stroke="{line}" stroke-width="2"/>')
    for offset in _ticks(shown.max_distance):
        parts.append(f'<path d="M{at(offset):.2f} {foot:g}v4" stroke="#5f6368" fill="none"/>')
        parts.append(_text(at(offset), foot + 16, f"{offset:+d}".replace("-", "−") if offset else "0"))
    for bucket in sorted({0, shown.buckets // 4, shown.buckets // 2, 3 * shown.buckets // 4, shown.buckets - 1}):  # fmt: skip
        parts.append(_text(22, high(bucket) + 4, bucket))
    x, bucket = at(shown.offset), shown._bucket(shown.offset)
    parts.append(f'<circle cx="{x:.2f}" cy="{high(bucket):.2f}" r="5" fill="#212121"/>')
    parts.append(_text(10, y - 8, "bucket", 12, middle=False))
    if shown._never() is not None:
        said = f"Bucket {shown._never()} is never used: a key to the right is at least 1 away."
        parts.append(_text(10, foot + 54, said, 12, middle=False))
    parts.append(_text(385, foot + 32, "offset: key − query", 12))
    return "".join(parts), foot + (58 if shown.bidirectional else 36)


def _ticks(most):
    return [most * k // 4 for k in range(-4, 5)]


def _heads(shown, y):
    """For each head its biases, a step a bucket from far left to far right, all with the same scale; a line at zero and one at the query."""
    wide, high = _SMALL
    scale = max(1e-9, float(abs(as_array(shown.biases)).max()))
    order = shown._order()
    step = wide / len(order)
    marked, query = order.index(shown._bucket(shown.offset)), order.index(0)
    said = f"bias of each head, a step a bucket from far left to far right, from {value(-scale)} to {value(scale)}"
    parts = [_text(10, y + 10, said, 12, middle=False)]
    y += 20
    for k, head in enumerate(shown.biases):
        x, top = 10 + k % 4 * (wide + 16), y + k // 4 * (high + 28)
        heights = [top + 18 + high / 2 * (1 - head[bucket] / scale) for bucket in order]
        path = f"M{x} {heights[0]:.2f}" + "".join(f"V{at:.2f}h{step:.3f}" for at in heights)
        lines = f"M{x} {top + 18 + high / 2:g}h{wide}M{x + (query + 0.5) * step:.2f} {top + 18}v{high}"
        parts += [
            _text(x, top + 12, f"head {k}: {value(head[order[marked]])}", 13, False, True),
            f'<path d="{lines}" stroke="#9aa0a6" stroke-dasharray="3 3" fill="none"/>',
            f'<path d="{path}" fill="none" stroke="#0072b2" stroke-width="1.5"/>',
            f'<circle cx="{x + (marked + 0.5) * step:.2f}" cy="{heights[marked]:.2f}" r="4" fill="#212121"/>',
        ]
    return "".join(parts), y + (len(shown.biases) - 1) // 4 * (high + 28) + high + 28
