"""The labs as a whole: every solution earns everything, every untouched lab runs to its end and earns nothing."""

import importlib
import json
import re
from datetime import datetime

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from autograder import release
from course.chapters import find, ready
from course.checks.verdict import MIME

LABS = [chapter.lab for chapter in ready()]
SECONDS, BYTES = 90, 2 * 2**30  # what a solved lab may take, visible and hidden checks included


def run(notebook, folder):
    """Execute a notebook in a folder: (the executed notebook, seconds, of the processor too, peak memory of the kernel in bytes)."""
    peak = spent = 0

    def look(**_):
        nonlocal peak, spent
        with_children = psutil.Process(client.km.provisioner.process.pid)
        peak = max(peak, with_children.memory_info().rss)
        spent = with_children.cpu_times().user + with_children.cpu_times().system

    client = NotebookClient(
        notebook, timeout=180, resources={"metadata": {"path": str(folder)}}, on_cell_executed=look
    )
    client.execute()
    times = [c.metadata.get("execution", {}) for c in notebook.cells]
    began, ended = times_of(times)
    return notebook, (ended - began).total_seconds(), spent, peak


def times_of(times):
    began = [datetime.fromisoformat(t["iopub.execute_input"]) for t in times if "iopub.execute_input" in t]
    ended = [datetime.fromisoformat(t["shell.execute_reply"]) for t in times if "shell.execute_reply" in t]
    return min(began), max(ended)


def verdicts(notebook):
    """The verdicts of a notebook's check cells, by exercise."""
    found = {}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            (output,) = [o for o in cell.outputs if o.output_type == "execute_result"]
            verdict = output.data[MIME]
            assert float(output.data["text/plain"]) == verdict["points"]
            found[cell.metadata.nbgrader.grade_id] = verdict
    return found


@pytest.mark.slow
@pytest.mark.parametrize("lab", LABS)
def test_a_solution_earns_everything(lab, tmp_path, record_property):
    """With the hidden checks, within the time and memory a student's laptop has, and without a word on stderr."""
    path = release.ROOT / "solutions" / lab / f"{lab}.ipynb"
    notebook, seconds, spent, peak = run(nbformat.read(path, as_version=4), tmp_path)
    print(f"\n{lab}: solved in {seconds:.1f} s, {spent:.1f} s of the processor, {peak / 2**20:.0f} MiB")
    record_property("seconds", seconds)
    found = verdicts(notebook)
    checks = importlib.import_module(f"course.checks.{lab}").lab
    assert list(found) == list(checks.exercises)
    for name, verdict in found.items():
        assert verdict["verdict"] == "correct", json.dumps(verdict, indent=1)
        assert verdict["points"] == verdict["max_points"] == checks.exercises[name].points
        assert verdict["hidden"]
    assert not [o for c in notebook.cells for o in c.get("outputs", []) if o.get("name") == "stderr"]
    assert max(seconds, spent) <= SECONDS
    assert peak <= BYTES


@pytest.mark.parametrize("lab", LABS)
def test_an_untouched_lab_runs_to_its_end_and_earns_nothing(lab, tmp_path):
    path = release.ROOT / "labs" / lab / f"{lab}.ipynb"
    notebook, *_ = run(nbformat.read(path, as_version=4), tmp_path)
    for name, verdict in verdicts(notebook).items():
        assert (verdict["verdict"], verdict["points"]) == ("missing", 0), name
        assert "not written yet" in verdict["message"]


@pytest.mark.parametrize("lab", LABS)
def test_points_are_the_cells(lab):
    """The points stand in the check cell (for nbgrader), in the exercise's heading and in the check; they agree."""
    notebook = nbformat.read(release.ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    exercises = importlib.import_module(f"course.checks.{lab}").lab.exercises
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    for name, exercise in exercises.items():
        assert cells[name].metadata.nbgrader.points == exercise.points
        assert f"{name}_answer" in cells
        assert any(
            f"### {name} {dots} · {exercise.points:g} point{'s' * (exercise.points != 1)} · " in text
            for dots in ("●○○", "●●○", "●●●")
        )
    minutes = sum(int(m) for m in re.findall(r"^### .* points? · (\d+) minutes", text, re.MULTILINE))
    assert (
        f"About {find(lab).lab_minutes} minutes, {sum(e.points for e in exercises.values()):g} points" in text
    )
    assert minutes <= find(lab).lab_minutes
    assert cells["reflection"].cell_type == "markdown"
    assert importlib.import_module(f"autograder.checks.{lab}").lab.exercises.keys() == exercises.keys()


@pytest.mark.parametrize("lab", LABS)
def test_what_to_read_is_there(lab):
    """Each exercise links a heading of its lesson, written as JupyterLab writes a heading's anchor: blanks as hyphens."""
    notebook = nbformat.read(release.ROOT / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    lesson = nbformat.read(release.ROOT / find(lab).lesson, as_version=4)
    texts = [c.source for c in lesson.cells if c.cell_type == "markdown"]
    headings = {h.replace(" ", "-") for t in texts for h in re.findall(r"^#+ (.*)$", t, re.MULTILINE)}
    exercises = importlib.import_module(f"course.checks.{lab}").lab.exercises
    for name in exercises:
        statement = next(
            c.source
            for c in notebook.cells
            if c.cell_type == "markdown" and c.source.startswith(f"### {name} ")
        )
        title, path, anchor = re.search(r"^Read: \[(.*)\]\((.*?)#(.*)\)$", statement, re.MULTILINE).groups()
        assert path == f"../../{find(lab).lesson}", name
        assert anchor in headings and anchor == title.replace(" ", "-"), f"{name}: {anchor}"
