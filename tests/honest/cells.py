"""Cells added, deleted, moved, edited and run in any order."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from tests.honest.tools import (
    after,
    again,
    answers,
    before,
    checks,
    grade_id,
    harmless,
    imports,
    in_answers,
    on_top,
    remove,
)


@harmless(shows="extra cell 3")
def extra_cells(notebook):
    """Code, markdown, raw and empty cells between all others."""
    cells = []
    for i, cell in enumerate(notebook.cells):
        cells += [
            cell,
            new_code_cell(f'print("extra cell {i}")'),
            new_markdown_cell("# Notes\n\nTo do."),
            new_raw_cell("raw"),
            new_code_cell(""),
        ]
    notebook.cells = cells


@harmless()
def checks_deleted(notebook):
    """All check cells are gone."""
    remove(notebook, checks(notebook))


@harmless()
def checks_duplicated(notebook):
    """Each check cell is there twice, the copy with all its metadata."""
    for cell in checks(notebook):
        after(notebook, cell, again(cell))


@harmless()
def checks_copied_to_the_top(notebook):
    """A copy of each check cell stands above everything, where nothing is defined yet."""
    notebook.cells[:0] = [again(cell) for cell in checks(notebook)]


@harmless()
def checks_at_the_end(notebook):
    """All check cells stand at the end, in their order."""
    found = checks(notebook)
    remove(notebook, found)
    notebook.cells += found


@harmless()
def checks_at_the_end_in_reverse(notebook):
    """All check cells stand at the end, the last first."""
    found = checks(notebook)
    remove(notebook, found)
    notebook.cells += reversed(found)


@harmless()
def checks_above_their_answers(notebook):
    """Each check cell was moved above the answer it checks."""
    for cell in checks(notebook):
        remove(notebook, [cell])
        before(
            notebook, next(c for c in answers(notebook) if grade_id(c) == grade_id(cell) + "_answer"), cell
        )


@harmless()
def checks_edited(notebook):
    """Check cells with a print before, and cases of the student's own after the check."""
    for cell in checks(notebook):
        cell.source = f'print("let us see")\n{cell.source}\nprint("done")\nassert True\n'


@harmless()
def answers_duplicated(notebook):
    """Each answer cell is there twice, with the same content and metadata."""
    for cell in answers(notebook):
        after(notebook, cell, again(cell))


@harmless()
def answers_in_new_cells(notebook):
    """Each answer cell was deleted, its content is in a new cell without metadata at the same place."""
    for cell in answers(notebook):
        before(notebook, cell, new_code_cell(cell.source))
        remove(notebook, [cell])


@harmless()
def answers_cut_in_two(notebook):
    """The answer's cell holds a first version that the student went on from in a new cell below."""
    for cell in answers(notebook):
        after(notebook, cell, new_code_cell(cell.source))
        cell.source = "x = 1  # see below"


@harmless()
def imports_moved(notebook):
    """The cell of imports was deleted; its lines stand in a new one, and again in each answer's cell."""
    source = imports(notebook).source
    for cell in answers(notebook):
        cell.source = "\n".join(
            [*(x for x in source.split("\n") if "import torch" in x), "", "", cell.source]
        )
    before(notebook, imports(notebook), new_code_cell(source))
    remove(notebook, [imports(notebook)])


@harmless()
def imports_edited(notebook):
    """More imports in the locked cell of imports."""
    imports(notebook).source = (
        "import math\nimport os, sys\n" + imports(notebook).source + "\nimport numpy as np"
    )
    in_answers(notebook, "math.pi, np.pi, sys.path")


@harmless(shows="Python 3")
def run_out_of_order(notebook):
    """Execution counts and outputs of a notebook that was run in any order, some of it not at all."""
    on_top(notebook, 'import sys\nprint("Python", sys.version_info.major)')
    code = [c for c in notebook.cells if c.cell_type == "code"]
    for i, cell in enumerate(code):
        cell.execution_count = None if i % 4 == 3 else 1 + i * 37 % 101
        cell.outputs = [new_output("stream", name="stderr", text=f"from an older run, {i}\n")]
        cell.outputs += [
            new_output("error", ename="NameError", evalue="name 'x' is not defined", traceback=["NameError"])
        ]
