"""Look-alikes: pairs of submissions whose answers are the same once names, comments and layout are taken away.

    pairs = look_alikes({"ada": notebook_text, …}, release)      # [Pair("ada", "bo", ["masked_mean"]), …]

Worth a look, and no more than that: short exercises have few right answers. An answer that more than `COMMON` students share
says nothing about any two of them, nor does one that is the stub's, the solution's or very short.
"""

import io
import json
import keyword
import tokenize
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations

import nbformat

from autograder.restore import exercises

COMMON = 3  # students that share an answer by chance
SHORT = 25  # tokens
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass
class Pair:
    """Two students, and the exercises in which their answers are the same."""

    first: str
    second: str
    exercises: list[str] = field(default_factory=list)


def shape_of(source: str) -> tuple[str, ...] | None:
    """An answer without names, comments, strings and layout; None where it is no Python, or short."""
    names: dict[str, str] = {}
    out = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in _LAYOUT:
                continue
            if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                out.append(names.setdefault(token.string, f"n{len(names)}"))
            elif token.type == tokenize.STRING:
                out.append("text")
            elif token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
                out.append(tokenize.tok_name[token.type])
            else:
                out.append(token.string)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return tuple(out) if len(out) >= SHORT else None


def look_alikes(
    notebooks: dict[str, str], release: nbformat.NotebookNode, solution: nbformat.NotebookNode | None = None
) -> list[Pair]:
    """Pairs with the same uncommon answer in at least two exercises, or in the only one; most alike first."""
    graded = [e for e in exercises(release) if e.answer is not None]
    plain: dict[str, set] = {e.name: {shape_of(e.answer.source)} for e in graded}
    for cell in solution.cells if solution is not None else ():
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "").removesuffix("_answer")
        if name in plain:
            plain[name].add(shape_of(cell.source))
    groups: dict[tuple, list[str]] = defaultdict(list)
    for student, text in notebooks.items():
        for cell in json.loads(text)["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").removesuffix("_answer")
            if name in plain and cell["cell_type"] == "code":
                shape = shape_of("".join(cell["source"]))
                if shape is not None and shape not in plain[name]:
                    groups[name, shape].append(student)
    pairs: dict[tuple[str, str], Pair] = {}
    for (name, _), members in groups.items():
        if len(set(members)) <= COMMON:
            for a, b in combinations(sorted(set(members)), 2):
                pairs.setdefault((a, b), Pair(a, b)).exercises.append(name)
    needed = min(2, len(graded))
    found = [p for p in pairs.values() if len(p.exercises) >= needed]
    return sorted(found, key=lambda p: (-len(p.exercises), p.first, p.second))
