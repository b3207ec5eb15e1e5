"""The lessons: each runs from top to bottom in its time, is clean, and holds what every lesson holds.

pytest tests/test_lessons.py -s      # also prints seconds, memory, and the length of the code cells
"""

import ast
import itertools
import re
import statistics
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from course.chapters import ready

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = pytest.mark.parametrize("chapter", ready(), ids=lambda chapter: chapter.stem)

SECONDS = 120  # a lesson's limit, on the clock and of the processor
MEMORY = 2 * 2**30  # bytes
HEADINGS = ("What you will be able to do", "Quiz", "At real scale", "Summary", "Exercises")

# What a machine makes of an id nobody chose: hexadecimal digits, or a mere number in a row.
NOT_READABLE = re.compile(r"(?=.*\d)[0-9a-f-]{8,}|(cell|code|text|markdown)-?\d+")
ABSOLUTE = re.compile(r"(?<![\w.~/])/(home|root|work|tmp|usr|opt|mnt|Users|var)\b|\b[A-Z]:\\")

# Put in front of a lesson: whatever leaves this machine is an error, with the address in its message.
NO_NETWORK = """
import socket


def local_only(connect):
    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a lesson reached for the network: {address}")
        return connect(self, address)

    return guarded


socket.socket.connect = local_only(socket.socket.connect)
socket.socket.connect_ex = local_only(socket.socket.connect_ex)
"""
USED = """
import resource, sys
used = resource.getrusage(resource.RUSAGE_SELF)
[used.ru_maxrss * (1 if sys.platform == "darwin" else 1024), used.ru_utime + used.ru_stime]
"""


def read(chapter):
    return nbformat.read(ROOT / chapter.lesson, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def section(notebook, heading):
    """The text from `## heading` to the next heading of that rank."""
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", prose(notebook), re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def exercises(chapter):
    """The names of the lab's graded cells, as its one source writes them."""
    lab = nbformat.read(ROOT / "solutions" / chapter.lab / f"{chapter.lab}.ipynb", as_version=4)
    marks = (cell.metadata.get("nbgrader", {}) for cell in lab.cells)
    return [mark["grade_id"] for mark in marks if mark.get("grade")]


def code_lines(notebook):
    """How many lines of code each cell has; blank lines do not count."""
    return [sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in code_cells(notebook)]


@CHAPTERS
@pytest.mark.slow
def test_a_lesson_runs_from_top_to_bottom_offline_and_quietly(chapter):
    notebook = read(chapter)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(NO_NETWORK))
    notebook.cells.append(nbformat.v4.new_code_cell(USED))
    start = time.perf_counter()
    folder = {"metadata": {"path": str((ROOT / chapter.lesson).parent)}}
    NotebookClient(notebook, timeout=3 * SECONDS, kernel_name="python3", resources=folder).execute()
    seconds = time.perf_counter() - start
    peak, spent = ast.literal_eval(notebook.cells.pop().outputs[0].data["text/plain"])
    print(
        f"\n{chapter.stem}: {seconds:.1f} s, {spent:.1f} s of the processor, {peak / 2**30:.2f} GiB at most"
    )

    outputs = [(cell.id, output) for cell in code_cells(notebook) for output in cell.outputs]
    loud = [(where, output.text) for where, output in outputs if output.get("name") == "stderr"]
    assert not loud, f"these cells write to stderr: {loud}"
    warned = [
        where for where, output in outputs if output.output_type == "stream" and "Warning" in output.text
    ]
    assert not warned, f"these cells show a warning: {warned}"
    shown = [output.data for _, output in outputs if "data" in output]
    drawn = [
        widget
        for still, widget in itertools.pairwise(shown)
        if "application/vnd.jupyter.widget-view+json" in widget
        and "image/svg+xml" in still.get("text/html", "")
    ]
    assert drawn, "a lesson has at least one visualiser, with its static picture"
    assert peak < MEMORY
    assert max(seconds, spent) < SECONDS


@CHAPTERS
def test_a_lesson_is_clean(chapter):
    notebook = read(chapter)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec == {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    assert not any(cell.outputs or cell.execution_count for cell in code_cells(notebook))
    assert [cell.id for cell in notebook.cells if NOT_READABLE.fullmatch(cell.id)] == []
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in notebook.cells:
        assert not ABSOLUTE.search(cell.source), f"{cell.id} holds an absolute path"
        assert not re.search(r"pip3? install|%%capture", cell.source), cell.id
        assert "nbgrader" not in cell.metadata, f"{cell.id}: a lesson is not graded"


def test_the_rules_for_ids_and_paths_catch_what_they_should():
    assert all(NOT_READABLE.fullmatch(bad) for bad in ("4f9c2a1b", "a1b2c3d4-0f", "cell-3", "code12"))
    assert not any(
        NOT_READABLE.fullmatch(good) for good in ("title", "map-text", "cost", "feedbac", "window-2")
    )
    assert all(ABSOLUTE.search(bad) for bad in ("open('/tmp/x')", r"C:\Users", "see /home/ada"))
    assert not any(
        ABSOLUTE.search(good)
        for good in ("../../work/lab", "and/or", "your copies in `work/`", "https://a.org/usr/x")
    )


@CHAPTERS
def test_a_lesson_holds_what_every_lesson_holds(chapter):
    notebook = read(chapter)
    text = prose(notebook)
    missing = [heading for heading in HEADINGS if not section(notebook, heading).strip()]
    assert not missing
    places = [text.index(f"## {heading}") for heading in HEADINGS]
    assert places == sorted(places), "the sections come in the order of all lessons"
    assert (
        text.startswith(f"# {chapter.number} ")
        and f"{chapter.lesson_minutes} minutes" in notebook.cells[0].source
    )
    assert 3 <= len(re.findall(r"^- ", section(notebook, HEADINGS[0]), re.MULTILINE)) <= 5
    assert re.search(r"arXiv:\d{4}\.\d{4,5}", section(notebook, "At real scale"))
    assert len(re.findall(r"\*\*[^*]*(?:[Pp]redict|[Gg]uess|[Dd]ecide|Before|Could|Will|Which)", text)) >= 3
    codes = [cell.source for cell in code_cells(notebook)]
    assert any("settings.banner()" in code for code in codes[:2])
    assert any(f'quiz("{chapter.stem}")' in code for code in codes)


@CHAPTERS
def test_the_exercises_of_the_lab_are_pointed_at_and_not_answered(chapter):
    notebook = read(chapter)
    names = exercises(chapter)
    assert len(names) >= 4
    pointed = re.findall(r"^\d+\. `(\w+)`: \S", section(notebook, "Exercises"), re.MULTILINE)
    assert pointed == names, "one line for each exercise, in the lab's order"
    for cell in code_cells(notebook):
        trees = [node for node in ast.walk(ast.parse(cell.source)) if hasattr(node, "name")]
        assert not {node.name for node in trees} & set(names), f"{cell.id} defines an exercise of the lab"


@CHAPTERS
def test_links_lead_somewhere(chapter):
    here = (ROOT / chapter.lesson).parent
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(read(chapter))):
        if not re.match(r"https?:", link):
            target = (here / link).resolve().relative_to(ROOT)
            # a student's copies are made from labs/ on the first start
            kept = Path("labs", *target.parts[1:]) if target.parts[0] == "work" else target
            assert (ROOT / kept).is_file(), link


@CHAPTERS
def test_code_cells_are_short(chapter):
    lines = code_lines(read(chapter))
    median, p90 = statistics.median(lines), statistics.quantiles(lines, n=10)[8]
    print(
        f"\n{chapter.stem}: {len(lines)} code cells, lines a cell: median {median:g}, p90 {p90:g}, longest {max(lines)}"
    )
    assert median <= 8
    assert sum(length > 20 for length in lines) <= 2, "seldom above 20 lines"
