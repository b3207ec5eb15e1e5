"""The notebook's file: its formats, its metadata, its bytes."""

import json

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.honest.tools import grade_id, harmless


def as_json(notebook, **options):
    return json.dumps(notebook, **{"ensure_ascii": False, **options}).encode()


@harmless()
def kernel_of_a_conda_environment(notebook):
    """The kernelspec of a conda environment and of a Python that is not here."""
    notebook.metadata["kernelspec"] = {
        "display_name": "Python (nlp)",
        "language": "python",
        "name": "conda-env-nlp-py",
    }
    notebook.metadata["language_info"] = {"name": "python", "version": "3.8.2", "pygments_lexer": "ipython3"}


@harmless()
def kernel_by_version(notebook):
    """The kernelspec "python310", and no language_info."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"display_name": "Python 3.10", "name": "python310"}}
    )


@harmless()
def metadata_of_the_notebook_emptied(notebook):
    """The notebook's metadata is an empty dict."""
    notebook.metadata = nbformat.from_dict({})


@harmless()
def metadata_of_other_programs(notebook):
    """What Colab, VS Code and Jupytext leave in notebooks and cells; the notebook has another title and authors."""
    notebook.metadata.update(
        title="Final FINAL",
        authors=[{"name": "Ada"}],
        colab={"provenance": [], "toc_visible": True},
        accelerator="GPU",
        jupytext={"text_representation": {"extension": ".py"}},
    )
    for cell in notebook.cells:
        cell.metadata.update(
            id="aB3-x",
            colab={"base_uri": "x"},
            vscode={"languageId": "python"},
            ExecuteTime={"start_time": "now"},
        )


@harmless()
def metadata_of_cells(notebook):
    """Tags, collapsed and hidden cells, locks opened, and grading metadata of an older schema."""
    for cell in notebook.cells:
        cell.metadata.update(
            tags=["mine", "hide-input"],
            collapsed=True,
            jupyter={"source_hidden": True},
            editable=True,
            deletable=True,
        )
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"].update(
                schema_version=1, locked=False, checksum="0" * 32, cell_type="code"
            )


@harmless()
def widget_state_saved(notebook):
    """The state of widgets saved in the notebook."""
    state = {
        "0" * 32: {
            "model_module": "@jupyter-widgets/base",
            "model_module_version": "2.0.0",
            "model_name": "LayoutModel",
            "state": {},
        }
    }
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2, "version_minor": 0}
    }


@harmless()
def attachments(notebook):
    """A picture pasted into a markdown cell."""
    cell = new_markdown_cell("![a dot](attachment:dot.png)")
    cell["attachments"] = {
        "dot.png": {
            "image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        }
    }
    notebook.cells.insert(1, cell)


@harmless()
def a_reflection_in_another_language(notebook):
    """The question for a person is answered in Japanese, Arabic and mathematics."""
    next(
        c for c in notebook.cells if grade_id(c) == "reflection"
    ).source = (
        "平均は順序を忘れる。\n\nالمتوسط ينسى الترتيب.\n\n$$\\bar{x} = \\frac1n \\sum_i x_i$$ <b>&amp;</b>"
    )


@harmless()
def no_cell_ids(notebook):
    """nbformat 4.4: cells have no ids."""
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        cell.pop("id", None)
    return as_json(notebook, indent=1)


@harmless()
def format_4_0(notebook):
    """nbformat 4.0, as the first Jupyter wrote it."""
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        cell.pop("id", None)
    notebook.metadata["signature"] = "sha256:0"
    return as_json(notebook, indent=2)


@harmless()
def format_3(notebook):
    """nbformat 3: worksheets, inputs and headings."""
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        cell.pop("id", None)
    return nbformat.writes(notebook, version=3).encode()


@harmless()
def ids_all_alike(notebook):
    """Cells copied with their ids."""
    for cell in notebook.cells:
        cell["id"] = "same"
    return as_json(notebook, indent=1)


@harmless()
def crlf_in_the_file(notebook):
    """A file with CRLF line ends."""
    return as_json(notebook, indent=1).replace(b"\n", b"\r\n")


@harmless()
def crlf_in_the_cells(notebook):
    """CRLF line ends inside the cells, and blanks at their ends."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", " \r\n") + "\r\n"
    return as_json(notebook, indent=1)


@harmless()
def byte_order_mark(notebook):
    """A UTF-8 byte order mark, as Windows editors write it."""
    return b"\xef\xbb\xbf" + as_json(notebook, indent=1)


@harmless()
def indented_by_eight(notebook):
    """JSON indented by eight, keys sorted, all but ASCII escaped."""
    return as_json(notebook, indent=8, sort_keys=True, ensure_ascii=True)


@harmless()
def minified(notebook):
    """JSON on one line, each source as one string."""
    return as_json(notebook, separators=(",", ":"))


@harmless()
def huge_outputs(notebook):
    """Ten megabytes of outputs were saved with the notebook."""
    notebook.cells.insert(
        0, new_code_cell("2 + 2", outputs=[new_output("stream", name="stdout", text="0123456789" * 10**6)])
    )
    notebook.cells[0].outputs[0].text = "0123456789" * 10**6
