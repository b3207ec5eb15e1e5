"""The report: what an instructor wants to know of a class, as one page and as a few lines for a terminal.

path = make_report(course, "lab01_cbow")           # reports/<lab>.html
print(summary(records))
"""

import html
import re
from collections import Counter
from pathlib import Path

import nbformat

from autograder import pages
from autograder.alike import look_alikes
from autograder.feedback import WORDS, class_marks, prose
from autograder.records import VERDICTS, Record, Store, write_whole
from autograder.release import ROOT
from course.chapters import find

SHOWN = 12  # rows of a list before it says how many more there are
TROUBLE = ("error", "memory-limit", "time-limit", "invalid")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
WALLS = {
    "none": "Student code ran WITHOUT a sandbox (--sandbox none): it could read and change whatever you can, these marks included.",
    "bwrap-plain": "Student code ran in one bubblewrap for each submission, without the inner walls: slower, and no submission "
    "shares a process with another. `autograder doctor` says what is missing.",
}


def median(values: list[float]) -> float:
    """The middle one; 0 for none."""
    ordered = sorted(values)
    n = len(ordered)
    return 0.0 if not n else (ordered[n // 2] + ordered[(n - 1) // 2]) / 2


def summary(records: list[Record]) -> str:
    """The class in at most 25 lines of plain text."""
    if not records:
        return "No submission has been graded yet."
    scores, most = [r.score for r in records], records[0].max_score
    lines = [
        f"{records[0].lab}: {len(records)} submissions, median {median(scores):g} of {most:g}, "
        f"mean {sum(scores) / len(scores):.1f}; full marks: {sum(s == most for s in scores)}"
    ]
    counts = Counter(r.verdict for r in records)
    lines.append("  " + ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v]))
    for number, exercise in enumerate(records[0].exercises[:14]):
        column = [r.exercises[number] for r in records if number < len(r.exercises)]
        right = sum(e.verdict == "correct" for e in column)
        lines.append(f"  {exercise.name:<24} {100 * right / len(column):4.0f}% correct")
    waiting = sum(bool(r.needs_manual) for r in records)
    if waiting:
        lines.append(f"  {waiting} wrote an answer that a person marks, in Formgrader")
    lines += [f"  ! {said}" for kind, said in WALLS.items() if any(r.sandbox == kind for r in records)]
    return "\n".join(lines)


def _table(head: list[str], rows: list[list[str]], numbers: set[int] = frozenset()) -> str:
    """A table; cells are HTML already."""

    def line(cells, tag):
        return "<tr>" + "".join(
            f'<{tag}{" class=number" if i in numbers else ""}>{c}</{tag}>' for i, c in enumerate(cells)
        ) + "</tr>"  # fmt: skip

    return f"<table>{line(head, 'th')}{''.join(line(r, 'td') for r in rows)}</table>"


def _more(rows: list, shown: int = SHOWN) -> str:
    return f"<p>… and {len(rows) - shown} more.</p>" if len(rows) > shown else ""


def histogram(scores: list[float], most: float) -> str:
    """How many students have how many points, as an SVG that says what to see."""
    bins = max(min(int(most), 20), 1)
    counts = [0] * (bins + 1)
    for score in scores:
        counts[min(int(bins * score / most + 1e-9), bins) if most else 0] += 1
    width, height, left, top = 640, 180, 30, 40
    step, tallest = (width - left) / (bins + 1), max(counts, default=0) or 1
    full = counts[bins]
    title = f"{full} of {len(scores)} students have full marks; the middle one has {median(scores):g} of {most:g} points"
    out = [
        f'<svg viewBox="0 0 {width} {height + 34}" role="img" aria-label="{title}"><text x="0" y="14">{title}</text>'
    ]
    for i, count in enumerate(counts):
        h = (height - top) * count / tallest
        x = left + i * step
        out.append(
            f'<rect x="{x:.1f}" y="{height - h:.1f}" width="{step - 3:.1f}" height="{h:.1f}" fill="#0072b2"/>'
        )
        if count:
            out.append(f'<text x="{x + step / 2 - 4:.1f}" y="{height - h - 3:.1f}">{count}</text>')
        out.append(f'<text x="{x + 2:.1f}" y="{height + 14}">{most * i / bins:.3g}</text>')
    out.append(f'<text x="{left}" y="{height + 30}">points</text></svg>')
    return "".join(out)


def _common(messages: list[str]) -> list[tuple[str, int]]:
    """(message, how many got it), most first. Messages that differ in their numbers alone are one, told by its first."""
    counts = Counter(_NUMBER.sub("#", m) for m in messages)
    first = {_NUMBER.sub("#", m): m for m in reversed(messages)}
    return [(first[kind], n) for kind, n in counts.most_common()]


def _what_happened(record: Record) -> str:
    """The notes of a submission, and what its worst exercises were told."""
    said = [*record.notes]
    if record.verdict in TROUBLE and record.verdict != "invalid":
        worst = [e for e in record.exercises if e.verdict == record.verdict]
        said += [e.message if e.message.startswith(e.name) else f"{e.name}: {e.message}" for e in worst]
    return "<br>".join(prose(s[:240]) for s in said[:4])


def _exercises(records: list[Record]) -> str:
    rows = []
    for number, exercise in enumerate(records[0].exercises):
        column = [r.exercises[number] for r in records if number < len(r.exercises)]
        right = sum(e.verdict == "correct" for e in column)
        said = _common(
            [e.message for e in column if e.message and e.verdict not in ("correct", "missing", "invalid")]
        )
        common = "<br>".join(f"{n} × {prose(m[:240])}" for m, n in said[:3])
        rows.append(
            [
                html.escape(exercise.name),
                f"{100 * right / len(column):.0f}%",
                f"{sum(e.verdict == 'missing' for e in column)}",
                f"{sum(e.points for e in column) / len(column):.1f} of {exercise.max_points:g}",
                common,
            ]
        )
    return _table(
        ["exercise", "correct", "not written", "mean points", "what was wrong most often"], rows, {1, 2, 3}
    )


def _lists(records, marks, pairs):
    """The parts below the table: whatever asks for a person."""
    out = []
    waiting = [
        r.student for r in records if (marks[r.student].waiting if r.student in marks else r.needs_manual)
    ]
    if waiting:
        names = ", ".join(html.escape(s) for s in waiting[:40])
        out.append(f"<h2>Waiting for a person's mark: {len(waiting)}</h2><p>{names}</p>{_more(waiting, 40)}")
    trouble = [r for r in records if r.verdict in TROUBLE or r.notes]
    if trouble:
        trouble.sort(key=lambda r: (-VERDICTS.index(r.verdict), r.student))
        rows = [[html.escape(r.student), WORDS[r.verdict], _what_happened(r)] for r in trouble[:SHOWN]]
        table = _table(["student", "verdict", "what happened"], rows)
        out.append(f"<h2>Trouble and notes: {len(trouble)}</h2>{table}{_more(trouble)}")
    slow = sorted(records, key=lambda r: -r.seconds)[:5]
    rows = [[html.escape(r.student), f"{r.seconds:.1f} s", f"{r.overhead_seconds:.2f} s"] for r in slow]
    out.append(f"<h2>Slowest</h2>{_table(['student', 'own code', 'grader'], rows, {1, 2})}")
    if pairs:
        rows = [
            [html.escape(p.first), html.escape(p.second), html.escape(", ".join(p.exercises))]
            for p in pairs[:SHOWN]
        ]
        out.append(
            f"<h2>Look-alikes: {len(pairs)}</h2><p>The same answers once names, comments and layout are taken away, and few "
            f"others have them. Worth a look, and no proof.</p>{_table(['', '', 'exercises'], rows)}{_more(pairs)}"
        )
    return "".join(out)


def page(lab: str, records: list[Record], marks: dict, pairs: list) -> str:
    """The report as text."""
    chapter = find(lab)
    banner = "".join(
        f'<p class="{"warning" if kind == "none" else ""}">{html.escape(said)}</p>'
        for kind, said in WALLS.items()
        if any(r.sandbox == kind for r in records)
    )
    parts = {
        "title": html.escape(f"Lab {chapter.number}: {chapter.title}"),
        "style": pages.template("page.css"),
        "walls": banner,
        "body": "<p>No submission has been graded yet.</p>",
    }
    if records:
        counts = Counter(r.verdict for r in records)
        verdicts = [[WORDS[v], str(counts[v])] for v in VERDICTS if counts[v]]
        walls = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(r.sandbox for r in records).items()))
        parts["body"] = "".join(
            [
                f"<p>{len(records)} submissions; autograded points only.</p>",
                histogram([r.score for r in records], records[0].max_score),
                "<h2>Worst verdict of each submission</h2>",
                _table(["verdict", "submissions"], verdicts, {1}),
                "<h2>Exercise by exercise</h2>",
                _exercises(records),
                _lists(records, marks, pairs),
                f"<p><small>Sandbox: {walls}. Seconds in students' code: {sum(r.seconds for r in records):.0f}; "
                f"the grader's own: {sum(r.overhead_seconds for r in records):.0f}.</small></p>",
            ]
        )
    return pages.fill("report.html", parts)


def make_report(
    course: Path, lab: str, out: Path | None = None, source: Path = ROOT, db: str | None = None
) -> Path:
    """Write the report of a class; returns its path. Raises GradebookError where there is a gradebook that cannot be read."""
    from autograder.grading import release_text

    store = Store(course, lab)
    records = list(store.all())
    marks = class_marks(course, lab, source, db)
    notebooks = {r.student: text for r in records if (text := store.notebook(r.student))}
    solution = Path(source) / "solutions" / lab / f"{lab}.ipynb"
    pairs = look_alikes(
        notebooks,
        nbformat.reads(release_text(lab, source), as_version=4),
        nbformat.read(solution, as_version=4) if solution.is_file() else None,
    )
    path = Path(out) if out else Path(course) / "reports" / f"{lab}.html"
    write_whole(path.resolve(), page(lab, records, marks, pairs))
    return path.resolve()
