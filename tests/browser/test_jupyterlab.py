"""JupyterLab itself, as a student meets it: a lab opened, run untouched, answered wrongly and then rightly; a widget."""

import json
import re
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
MASKS = (
    'from course.widgets import MaskExplorer\nexplorer = MaskExplorer("a b c d", "causal")\nexplorer',
    "explorer",
    "from ipywidgets.widgets.widget import _instances\nlen(_instances), int(explorer.mask.sum())",
)
PAIR = (
    """from course.widgets import MaskExplorer, beside
beside(MaskExplorer("a b c d", "causal"), MaskExplorer("a b c d", "fully_visible"))""",
    "from ipywidgets.widgets.widget import _instances\nlen(_instances)",
)


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory):
    """The address of a JupyterLab, started as `make lab` starts it, on a folder with lab 01 and a page with a widget."""
    folder = tmp_path_factory.mktemp("student")
    shutil.copy(ROOT / "labs" / LAB / f"{LAB}.ipynb", folder)
    write_notebook(folder / "map.ipynb", MAP)
    write_notebook(folder / "masks.ipynb", *MASKS)
    write_notebook(folder / "pair.ipynb", *PAIR)
    env = {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
    }
    with jupyter(
        [sys.executable, "-m", "course", "lab", f"--ServerApp.root_dir={folder}"], folder, env
    ) as address:
        yield address


@pytest.fixture(scope="module")
def notebook_server(tmp_path_factory):
    """The address of a Notebook 7 with the page of the mask explorer."""
    folder = tmp_path_factory.mktemp("notebook")
    write_notebook(folder / "masks.ipynb", *MASKS)
    env = {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings")}
    command = [sys.executable, "-m", "jupyter", "notebook", f"--ServerApp.root_dir={folder}"]
    with jupyter(command, folder, env, cwd=ROOT) as address:
        yield address


def write_notebook(path, *cells):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    nbformat.write(made, path)


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


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_the_mask_explorer_in_a_notebook(page, request, shoot, app):
    """Two views of one explorer follow each other and Python; run again, nothing is left over; with the kernel restarted and the
    page loaded again the picture is still there. No request leaves the machine."""
    address = request.getfixturevalue(f"{app}_server")
    if app == "lab":
        open_notebook(page, address, "masks")
    else:
        page.set_viewport_size({"width": 1280, "height": 1600})
        page.set_default_timeout(60_000)
        page.goto(f"{address}/notebooks/masks.ipynb")
        page.locator(".jp-Cell").first.wait_for()
        wait_for_kernel(address, "masks.ipynb")
        page.wait_for_timeout(1500)
    menu(page, "Run", "Run All Cells")
    explorers = page.locator(".ctr-mask")
    expect(explorers).to_have_count(2)
    said = page.locator(".jp-OutputArea-output").last
    expect(said).to_have_text("(2, 10)")
    for still in page.locator(".ctr-still").all():
        expect(still).to_be_hidden()
    colours = page.locator(".ctr-grid-canvas").first.evaluate(
        "canvas => Array.from(canvas.getContext('2d').getImageData(10, canvas.height / 4 - 8, 1, 1).data)"
    )
    assert colours == [0, 114, 178, 255], (
        "drawn in its colours, although it was made before it was in the page"
    )

    area = page.locator(".ctr-grid-area").first
    box = area.bounding_box()
    area.click(position={"x": box["width"] * 7 / 8, "y": box["height"] / 8})
    for i in range(2):
        expect(explorers.nth(i).locator(".ctr-mask-verdict")).to_contain_text(
            "1 cell sees a later token; the first: 0 sees 3."
        )
    cells = page.locator(".jp-Notebook .jp-Cell")
    run_cell(page, cells.nth(2))
    expect(said).to_have_text("(2, 11)")
    shoot(page, f"masks-{app}")
    for _ in range(2):
        run_cell(page, cells.nth(0))
    run_cell(page, cells.nth(2))
    expect(said).to_have_text("(2, 10)")

    menu(page, "Run", "Run All Cells")
    expect(explorers).to_have_count(2)
    menu(page, "File", "Save Notebook")
    kernel = json.load(urllib.request.urlopen(f"{address}/api/kernels", timeout=10))[-1]["id"]
    again = """id => fetch(`/api/kernels/${id}/restart`, { method: "POST", headers: { "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1] } }).then(r => r.status)"""
    assert page.evaluate(again, kernel) == 200
    page.wait_for_timeout(2000)
    page.reload()
    stills = page.locator(".ctr-still")
    expect(stills).to_have_count(2)
    for still in stills.all():
        expect(still.get_by_role("img")).to_be_visible()
        expect(still).to_contain_text("The mask causal, of 4 tokens: 10 of 16 cells may attend.")
    shoot(page, f"masks-{app}-restarted")
    assert page.left == []


def test_two_explorers_side_by_side(page, lab_server, shoot):
    """They stand next to each other, hide their pictures, and go when their cell runs again; in a narrow window they stand below."""
    open_notebook(page, lab_server, "pair")
    menu(page, "Run", "Run All Cells")
    explorers = page.locator(".ctr-mask")
    expect(explorers).to_have_count(2)
    expect(page.locator(".ctr-still")).to_be_hidden()
    said = page.locator(".jp-OutputArea-output").last
    expect(said).to_have_text(re.compile(r"^\d+$"))
    count = said.text_content()
    left, right = (explorer.bounding_box() for explorer in explorers.all())
    assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    shoot(page, "pair")
    cells = page.locator(".jp-Notebook .jp-Cell")
    for _ in range(2):
        run_cell(page, cells.nth(0))
    run_cell(page, cells.nth(1))
    expect(page.locator(".jp-InputPrompt").nth(1)).to_have_text("[5]:")
    expect(said).to_have_text(count)
    page.set_viewport_size({"width": 760, "height": 1400})
    page.wait_for_timeout(500)
    above, below = (explorer.bounding_box() for explorer in explorers.all())
    assert above["y"] + above["height"] <= below["y"]
    shoot(page, "pair-narrow")
