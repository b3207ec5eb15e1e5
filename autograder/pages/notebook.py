"""A graded notebook as HTML for a page of ours: prose, code, and outputs of which nothing can run.

body = rendered(notebook)

nbconvert's exporter would do the same, in ten times the time: a class has a thousand notebooks of fifty cells, and most of
these are the lab's own.
"""

import html
import re

import nbformat

from autograder.pages import clean_html, highlight_code, markdown

_PICTURES = ("image/png", "image/jpeg", "image/gif")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


def rendered(notebook: nbformat.NotebookNode) -> str:
    """The cells of a notebook, one below the other."""
    return "\n".join(_cell(cell) for cell in notebook.cells)


def _cell(cell):
    if cell.cell_type == "markdown":
        return f'<div class="prose">{markdown(cell.source, cell.get("attachments"))}</div>'
    if cell.cell_type != "code":
        return _text(cell.source)
    source = highlight_code(cell.source) if cell.source.strip() else ""
    outputs = "".join(map(_output, cell.outputs))
    return source + (f'<div class="outputs">{outputs}</div>' if outputs else "")


def _text(text):
    """Text of a terminal: escaped, without its colours."""
    from nbconvert.filters import strip_ansi

    return f"<pre>{html.escape(strip_ansi(text))}</pre>" if text.strip() else ""


def _output(output):
    """The richest form of an output that a page may show; nothing for one that has none."""
    if output.output_type == "stream":
        return _text(output.text)
    if output.output_type == "error":
        return _text("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
    data = output.get("data", {})
    for kind in _PICTURES:
        if _BASE64.fullmatch(data.get(kind, "")):
            return f'<img alt="{html.escape(data.get("text/plain", "a picture"))}" src="data:{kind};base64,{data[kind]}">'
    if "text/html" in data:
        return clean_html(data["text/html"])
    if "text/markdown" in data:
        return markdown(data["text/markdown"])
    return _text(data.get("text/latex") or data.get("text/plain", ""))
