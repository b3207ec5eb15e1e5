"""Files beside the notebook: answers and data kept there."""

import ast

from tests.honest.tools import answers, below_imports, grade_id, harmless, is_answer, on_top


def _as_module(notebook):
    """The answers moved into a file, with what they are given: its text. What is left in the notebook is theirs to import."""
    wanted = []
    for cell in notebook.cells:
        if is_answer(cell):
            wanted.append(cell.source)
        elif grade_id(cell) and cell.cell_type == "code":
            for node in ast.parse(cell.source).body:
                text = ast.get_source_segment(cell.source, node)
                imported = isinstance(node, (ast.Import, ast.ImportFrom)) and ".checks" not in text
                constant = isinstance(node, ast.Assign) and all(
                    getattr(t, "id", "").isupper() for t in node.targets
                )
                if imported or constant or isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    wanted.append(text)
    return "\n\n\n".join(wanted)


@harmless()
def answers_in_a_file(notebook):
    """The answers stand in a file beside the notebook, which imports them one by one."""
    text = _as_module(notebook)
    for cell in answers(notebook):
        cell.source = f"from my_answers import {grade_id(cell).removesuffix('_answer')}"
    return {"my_answers.py": text.encode()}


@harmless()
def answers_from_a_star(notebook):
    """The answers stand in a package beside the notebook, and come by `from … import *` below the imports."""
    text = _as_module(notebook)
    below_imports(notebook, "from mine.answers import *")
    for cell in answers(notebook):
        cell.source = "# see mine/answers.py"
    return {"mine/__init__.py": b"", "mine/answers.py": text.encode()}


@harmless(shows="three words beside")
def data_in_a_file(notebook):
    """Data and a picture beside the notebook, read by a cell."""
    on_top(notebook, 'print(open("data/words.txt").read(), len(open("dot.png", "rb").read()))')
    return {
        "data/words.txt": b"three words beside",
        "dot.png": b"\x89PNG" + bytes(1000),
        "notes.docx": b"PK\x03\x04",
    }
