"""A verdict: what a check found, as a number for nbgrader, as HTML for the student, as JSON for a program.

The plain text of a verdict is its number of points and nothing else, because that is what nbgrader reads.
"""

import html
from dataclasses import asdict, dataclass, field

from .require import Part

MIME = "application/vnd.course.verdict+json"
KINDS = (
    "correct",
    "missing",
    "wrong-answer",
    "error",
    "memory-limit",
    "time-limit",
    "invalid",
)  # mildest first
_MARK = {"correct": "✓", "missing": "…"}
_WORD = {
    "correct": "correct",
    "missing": "not written yet",
    "wrong-answer": "not right yet",
    "error": "an error",
    "time-limit": "too slow",
    "memory-limit": "too much memory",
    "invalid": "the check itself failed",
}
_COLOUR = {"correct": "#0072B2", "missing": "#767676"}  # the mark and the word say it too
_OTHER = "#B34700"


def number(points: float) -> str:
    """Points without a needless fraction: 3, 1.5."""
    return f"{max(points, 0):g}"


@dataclass
class Verdict:
    """exercise: its name; kind: one of `KINDS`; message: what a person can act on; frames: the student's own lines;
    printed: what the last call printed; hidden: whether hidden checks were run."""

    exercise: str
    kind: str
    points: float
    max_points: float
    message: str
    parts: list[Part] = field(default_factory=list)
    frames: list[dict] = field(default_factory=list)
    printed: str = ""
    seconds: float = 0.0
    hidden: bool = False

    def __repr__(self):
        return number(self.points)

    def __float__(self):
        return float(self.points)

    def __str__(self):
        lines = [
            f"{_MARK.get(self.kind, '✗')} {self.exercise}: {_WORD[self.kind]} ({self.score})",
            self.message,
        ]
        lines += [
            f"  {'✓' if p.earned else '✗'} {p.title} ({number(p.earned)} / {number(p.points)}) {p.message}"
            for p in self.parts
        ]
        lines += [f"    line {f['line']} of {f['name']}: {f['text']}" for f in self.frames]
        return "\n".join(line.rstrip() for line in lines if line)

    @property
    def score(self) -> str:
        return f"{number(self.points)} / {number(self.max_points)} point{'' if self.max_points == 1 else 's'}"

    def to_dict(self) -> dict:
        """Plain data; `verdict` is the kind, as in a record of the grader."""
        out = asdict(self)
        out["verdict"] = out.pop("kind")
        return out

    def html(self) -> str:
        """The verdict as a self-contained fragment; all that came from the student is escaped."""
        colour = _COLOUR.get(self.kind, _OTHER)
        e = html.escape
        out = [
            f'<div class="course-verdict" role="status" style="border-left:4px solid {colour};padding:.4em .8em;margin:.3em 0">',
            f'<b style="color:{colour}">{_MARK.get(self.kind, "✗")} {e(self.exercise)}: {_WORD[self.kind]}</b>',
            f' <span style="opacity:.75">{self.score}{"" if self.hidden else ", visible checks"}</span>',
            f'<div style="margin-top:.2em">{_prose(self.message)}</div>' if self.message else "",
        ]
        if self.parts:
            rows = (
                f"<li>{'✓' if p.earned else '✗'} {e(p.title)} ({number(p.earned)} / {number(p.points)})"
                f"{': ' + _prose(p.message) if p.message and p.message != self.message else ''}</li>"
                for p in self.parts
            )
            out.append(f'<ul style="list-style:none;padding-left:0;margin:.3em 0">{"".join(rows)}</ul>')
        if self.frames:
            lines = "\n".join(f"line {f['line']} of {f['name']}:  {f['text']}" for f in self.frames)
            out.append(f"<details><summary>Where in your code</summary><pre>{e(lines)}</pre></details>")
        if self.printed.strip():
            out.append(
                f"<details><summary>What it printed</summary><pre>{e(self.printed[:2000])}</pre></details>"
            )
        return "".join(out) + "</div>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self), "text/html": self.html(), MIME: self.to_dict()}


def _prose(text):
    """Escaped text in which `code` is drawn as code."""
    pieces = html.escape(text).split("`")
    if len(pieces) % 2 == 0:  # a lone backtick: leave all as they are
        return html.escape(text)
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))
