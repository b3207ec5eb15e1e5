"""JupyterLab itself, as a student meets it: a lab opened, run untouched, answered wrongly and then rightly; a widget."""

import json
import shutil
import sys
import time
import urllib.request

import nbformat
import pytest
from playwright.sync_api import expect

from autograder.release import ROOT
from tests.browser.server import jupyter

pytestmark = pytest.mark.slow
expect.set_options(timeout=60_000)

LAB = "lab01_cbow"
SEES_THE_ANSWER = """def context_windows(tokens, radius, pad="<pad>"):
    padded = [pad] * radius + list(tokens) + [pad] * radius
    return [(padded[i : i + 2 * radius + 1], token) for i, token in enumerate(tokens)]
"""
RIGHT = """def context_windows(tokens, radius, pad="<pad>"):
    padded = [pad] * radius + list(tokens) + [pad] * radius
    return [
        (padded[i : i + radius] + padded[i + radius + 1 : i + 2 * radius + 1], token)
        for i, token in enumerate(tokens)
    ]
"""
MAP = """import torch
from course.widgets import EmbeddingMap
words = ["goat", "sheep", "horse", "soup", "bread", "cheese"]
vectors = torch.tensor([[4.0, 1, 0], [4, 2, 0], [3, 1, 1], [0, 1, 4], [0, 2, 4], [1, 1, 3]])
EmbeddingMap(vectors, words, ["animal"] * 3 + ["food"] * 3)"""


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory):
    """The address of a JupyterLab, started as `make lab` starts it, on a folder with lab 01 and a page with a widget."""
    folder = tmp_path_factory.mktemp("student")
    shutil.copy(ROOT / "labs" / LAB / f"{LAB}.ipynb", folder)
    widget = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(MAP)])
    widget.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    nbformat.write(widget, folder / "map.ipynb")
    env = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
    }
    with jupyter(
        [sys.executable, "-m", "course", "lab", f"--ServerApp.root_dir={folder}"], folder, env
    ) as address:
        yield address


def open_notebook(page, address, name):
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?reset")
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").first.wait_for()
    wait_for_kernel(address, f"{name}.ipynb")
    idle(page)


def wait_for_kernel(address, path):
    """Wait until the page is connected to the notebook's kernel. JupyterLab calls a notebook that has none yet idle, and
    asks for a kernel when it is run in that moment."""
    for _ in range(240):
        sessions = json.load(urllib.request.urlopen(f"{address}/api/sessions", timeout=10))
        if any(s["path"] == path and s["kernel"] and s["kernel"]["connections"] for s in sessions):
            return
        time.sleep(0.25)
    raise AssertionError(f"no kernel for {path}: {sessions}")


def idle(page):
    """Wait until the kernel has nothing to do."""
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()


def cell_of(page, cell_id):
    """A cell by its id in the notebook. JupyterLab draws a cell when it comes into view, so it is scrolled there."""
    notebook = nbformat.read(ROOT / "labs" / LAB / f"{LAB}.ipynb", as_version=4)
    place = [c.id for c in notebook.cells].index(cell_id)
    cell = page.locator(".jp-Notebook .jp-Cell").nth(place)
    cell.scroll_into_view_if_needed()
    return cell


def run_cell(page, cell):
    """Select the cell and press Shift-Enter."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")


def write(page, cell, source):
    """Replace a cell's text, as one does with Ctrl-A and a paste."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)


def wait_for_verdict(cell, *words):
    """Wait until the cell's verdict holds all words, keeping the cell in view: JupyterLab drops what is far off."""
    for _ in range(240):
        cell.scroll_into_view_if_needed()
        verdict = cell.locator(".course-verdict")
        said = verdict.first.text_content() if verdict.count() else ""
        if all(word in said for word in words):
            return
        cell.page.wait_for_timeout(250)
    raise AssertionError(f"waited for {words}, the cell says {said!r}")


def menu(page, *items):
    page.locator(".lm-MenuBar-item", has_text=items[0]).first.click()
    page.locator(".lm-Menu-item", has_text=items[1]).first.click()


def test_a_student_solves_an_exercise(clean_page, lab_server, shoot):
    """Untouched: "not written yet"; a wrong answer: the named mistake; the right one: it passes."""
    page = clean_page
    open_notebook(page, lab_server, LAB)
    menu(page, "Run", "Run All Cells")
    idle(page)
    check = cell_of(page, "context_windows-check")
    wait_for_verdict(check, "not written yet")
    shoot(page, "jupyterlab_untouched")

    answer = cell_of(page, "context_windows-answer")
    write(page, answer, SEES_THE_ANSWER)
    run_cell(page, answer)
    run_cell(page, check)
    wait_for_verdict(check, "not right yet", "A model that sees the answer learns to copy it")
    shoot(page, "jupyterlab_wrong")

    write(page, answer, RIGHT)
    run_cell(page, answer)
    run_cell(page, check)
    wait_for_verdict(check, "correct", "3 / 3 points")
    shoot(page, "jupyterlab_right")


def test_a_widget_answers_the_mouse(clean_page, lab_server, shoot):
    """The embedding map in JupyterLab: hovering over a word lists its nearest words, and no request leaves the machine."""
    page = clean_page
    open_notebook(page, lab_server, "map")
    menu(page, "Run", "Run All Cells")
    page.get_by_text("No word chosen").wait_for()
    page.locator(".ctr-map-dot").first.hover()
    expect(page.locator(".jp-OutputArea")).to_contain_text("Nearest to")
    expect(page.locator(".jp-OutputArea")).not_to_contain_text("No word chosen")
    shoot(page, "jupyterlab_map")
