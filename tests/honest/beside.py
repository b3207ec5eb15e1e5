"""Files beside the notebook: answers and data kept there."""

import re

from tests.honest.tools import answers, below_imports, grade_id, harmless, imports, on_top


def _as_module(notebook):
    """The answers moved into a file: its text. What is left in the notebook is theirs to import."""
    wanted = [
        line
        for line in imports(notebook).source.split("\n")
        if re.match(r"(import|from) ", line) and ".checks" not in line
    ]
    return "\n\n\n".join(["\n".join(wanted), *(cell.source for cell in answers(notebook))])


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
