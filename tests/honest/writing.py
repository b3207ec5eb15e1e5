"""How answers are written: names, decorators, helpers, errors beside them."""

import re
import textwrap

from nbformat.v4 import new_code_cell

from tests.honest.tools import (
    after,
    answers,
    at_the_end,
    before,
    below_imports,
    checks,
    decorate,
    grade_id,
    harmless,
    imports,
    in_answers,
    on_top,
)

OURS = (
    "student lab require probe verdict judge args part torch_ session kernel wire oracle record exercise limits helpers line "
    "outputs engine replay transport"
)


@harmless()
def names_like_ours(notebook):
    """Variables with the names that the grader's own code uses, where the lab itself has no such name."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
    names = " = ".join(n for n in OURS.split() if not re.search(rf"\b{n}\b", text))
    below_imports(notebook, f'{names} = "mine"')
    in_answers(notebook, f"{names} = None")


@harmless(shows="größer")
def names_beyond_ascii(notebook):
    """Names, comments and text in other alphabets."""
    on_top(notebook, 'größe = 1  # Ñandú, 日本語, Ελληνικά\nπ = 3.14\nprint("größer", größe + π, "🦊")')
    in_answers(notebook, 'Länge = "λόγος"  # 長さ 🦊')


@harmless()
def decorated(notebook):
    """A decorator by functools.wraps on every function."""
    on_top(
        notebook,
        "import functools\n\n\ndef counted(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n        inner.calls += 1\n"
        "        return function(*args, **kwargs)\n\n    inner.calls = 0\n    return inner",
    )
    decorate(notebook, "@counted")


@harmless()
def helpers_above(notebook):
    """Helper functions in a cell of their own, one of them cached, which every function uses."""
    below_imports(
        notebook,
        "import functools\nfrom dataclasses import dataclass\n\n\n@dataclass\nclass Settings:\n    size: int = 3\n\n\n"
        "@functools.cache\ndef settings_of(name: str) -> Settings:\n    return Settings(len(name))",
    )
    in_answers(notebook, 'assert settings_of("abc").size == 3')


@harmless()
def postponed_annotations(notebook):
    """from __future__ import annotations, with annotations that mean nothing."""
    on_top(
        notebook,
        "from __future__ import annotations\n\n\ndef f(x: Whatever) -> Nothing[There]:\n    return x",
    )


@harmless()
def bound_by_another_name(notebook):
    """Each answer is written in a scratch cell under another name, and its own cell only names it."""
    for cell in answers(notebook):
        name = grade_id(cell).removesuffix("_answer")
        draft = re.sub(rf"\b(def|class) {name}\b", rf"\1 my_{name}", cell.source)
        if draft.startswith("class "):
            draft = draft.replace("super().__init__", f"super(my_{name}, self).__init__")
        before(notebook, cell, new_code_cell(draft))
        cell.source = f"{name} = my_{name}"


@harmless()
def written_twice(notebook):
    """A wrong first version of each answer in a scratch cell above the right one."""
    for cell in answers(notebook):
        name = grade_id(cell).removesuffix("_answer")
        before(notebook, cell, new_code_cell(f"def {name}(*args):\n    return None\n\n\n{name}()"))


@harmless()
def guarded_by_main_and_try(notebook):
    """Each answer stands below `if __name__ == "__main__":` and a try."""
    for cell in answers(notebook):
        body = textwrap.indent(cell.source, " " * 8)
        cell.source = f'if __name__ == "__main__":\n    try:\n{body}\n    finally:\n        pass'


@harmless()
def indented_by_tabs(notebook):
    """Tabs in place of four spaces."""
    for cell in answers(notebook):
        cell.source = re.sub(r"^( {4})+", lambda m: "\t" * (len(m[0]) // 4), cell.source, flags=re.MULTILINE)


@harmless()
def imports_inside_functions(notebook):
    """Modules are imported again inside each function."""
    in_answers(
        notebook,
        "import collections, itertools, math, os\nimport numpy as np\nimport torch\nfrom torch import nn\nfrom torch.nn import functional as F",
    )


@harmless(shows="ran the cell above")
def asks_the_check_in_a_cell_of_their_own(notebook):
    """`check` is imported again, called in scratch cells, and its verdict is kept."""
    for cell in answers(notebook):
        name = grade_id(cell).removesuffix("_answer")
        after(
            notebook,
            cell,
            new_code_cell(f'said = check({name})\nprint("ran the cell above", float(said), said.kind)\nsaid'),
        )
    module = re.search(
        r"^from (course\.checks\.lab\w+) import .*\bcheck\b", imports(notebook).source, re.MULTILINE
    )[1]
    below_imports(
        notebook, f"import {module}\nfrom {module} import check as look, check\nfrom course.checks import *"
    )


@harmless(shows="ZeroDivisionError")
def an_error_at_the_end(notebook):
    """A scratch cell at the end that raises."""
    at_the_end(notebook, "1 / 0")


@harmless(shows="NameError")
def errors_between(notebook):
    """Scratch cells with a typo, broken syntax and an interrupt between the exercises."""
    for cell in checks(notebook):
        after(notebook, cell, new_code_cell("whoops"))
        after(notebook, cell, new_code_cell("def unfinished(:"))
    at_the_end(notebook, "raise KeyboardInterrupt")
