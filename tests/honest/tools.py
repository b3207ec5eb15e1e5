"""What the transformations are made with: entering one in the list, and changing a notebook in place."""

import ast
import copy
import textwrap

import nbformat
from nbformat.v4 import new_code_cell

HONEST = {}


class Transformation:
    """One of them: its name, what it does, and what it shows."""

    def __init__(self, change, shows):
        self.change, self.shows = change, shows
        self.name, self.about = change.__name__, " ".join(change.__doc__.split())

    def files(self, notebook, lab) -> dict[str, bytes]:
        """What is handed in when this was done to a notebook, which is left as it is."""
        notebook = copy.deepcopy(notebook)
        made = self.change(notebook)
        if isinstance(made, dict):
            return {**plain(notebook, lab), **made}
        return plain(notebook, lab) if made is None else {f"{lab}.ipynb": made}


def harmless(shows=None):
    """Enter a transformation into the list."""

    def enter(change):
        HONEST[change.__name__] = Transformation(change, shows)
        return change

    return enter


def plain(notebook, lab) -> dict[str, bytes]:
    """A notebook handed in as it is."""
    return {f"{lab}.ipynb": nbformat.writes(notebook).encode()}


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def answers(notebook):
    """The code cells in which a student answers."""
    return [c for c in notebook.cells if is_answer(c)]


def is_answer(cell):
    """Told by the metadata: an exercise, too, may be called so."""
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution", False)


def checks(notebook):
    """The check cells."""
    return [
        c for c in notebook.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("grade")
    ]


def remove(notebook, cells):
    notebook.cells = [c for c in notebook.cells if not any(c is other for other in cells)]


def again(cell):
    """A copy of a cell, with an id of its own as the editor gives it."""
    out = copy.deepcopy(cell)
    out["id"] = f"{cell['id']}-copy"
    return out


def before(notebook, cell, new):
    notebook.cells.insert(next(i for i, c in enumerate(notebook.cells) if c is cell), new)


def after(notebook, cell, new):
    notebook.cells.insert(next(i for i, c in enumerate(notebook.cells) if c is cell) + 1, new)


def imports(notebook):
    """The cell with the release's imports."""
    return next(c for c in notebook.cells if grade_id(c) == "imports")


def on_top(notebook, *sources):
    """New code cells above everything."""
    notebook.cells[:0] = [new_code_cell(source) for source in sources]


def below_imports(notebook, source):
    after(notebook, imports(notebook), new_code_cell(source))


def at_the_end(notebook, source):
    notebook.cells.append(new_code_cell(source))


def _written(source):
    """The functions of an answer: those at its top level, and the methods of its classes."""
    for node in ast.parse(source).body:
        yield from [node] if isinstance(node, ast.FunctionDef) else ()
        yield from (
            m
            for m in getattr(node, "body", ())
            if isinstance(node, ast.ClassDef) and isinstance(m, ast.FunctionDef)
        )


def in_answers(notebook, statement):
    """Put statements first into every function and method that the student wrote."""
    for cell in answers(notebook):
        lines = cell.source.split("\n")
        for function in reversed(list(_written(cell.source))):
            first = function.body[1 if ast.get_docstring(function) is not None else 0]
            at = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", ()))])
            lines[at - 1 : at - 1] = textwrap.indent(statement, " " * first.col_offset).split("\n")
        cell.source = "\n".join(lines)


def decorate(notebook, decorator):
    """Put a decorator on every function at an answer's top level."""
    for cell in answers(notebook):
        lines = cell.source.split("\n")
        for node in reversed(ast.parse(cell.source).body):
            if isinstance(node, ast.FunctionDef):
                lines.insert(node.lineno - 1, decorator)
        cell.source = "\n".join(lines)
