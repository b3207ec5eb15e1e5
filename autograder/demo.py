"""The demo: a made-up class with every kind of trouble, ready to be graded.

make_class(Path("demo"))          # demo/submitted/<student>/lab00_start/lab00_start.ipynb, 30 of them
"""

import copy
import random
import re
import shutil
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
# seconds and bytes, so that nobody waits for the endless loops
LIMITS = {"call": 5.0, "cell": 5.0, "memory": 2**30}
_SOLUTION = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)

# What some of the class wrote instead of the right answer, by exercise.
WRONG = {
    "divides by the padded length": {
        "masked_mean": "def masked_mean(hidden, attention_mask):\n"
        "    return (hidden * attention_mask.unsqueeze(-1)).sum(1) / hidden.shape[1]\n"
    },
    "averages the padding too": {
        "masked_mean": "def masked_mean(hidden, attention_mask):\n    return hidden.mean(1)\n"
    },
    "nan for an empty sentence": {
        "masked_mean": "def masked_mean(hidden, attention_mask):\n"
        "    real = attention_mask.unsqueeze(-1).to(hidden.dtype)\n    return (hidden * real).sum(1) / real.sum(1)\n"
    },
    "the transposed table": {"pairwise_dot": "def pairwise_dot(a, b):\n    return b @ a.T\n"},
    "prints it": {"pairwise_dot": "def pairwise_dot(a, b):\n    print(a @ b.T)\n"},
    "an error": {"one_hot_lookup": "def one_hot_lookup(ids, table):\n    return ids[0][1], table\n"},
    "always the same": {"which_regime": "def which_regime(model, pretrained):\n    return 'frozen'\n"},
    "an endless loop": {"pairwise_dot": "def pairwise_dot(a, b):\n    while True:\n        pass\n"},
    "all the memory": {
        "one_hot_lookup": "def one_hot_lookup(ids, table):\n    hoard = []\n    while True:\n"
        "        hoard.append(bytearray(50_000_000))\n"
    },
    "the kernel's end": {
        "masked_mean": "import os\n\n\ndef masked_mean(hidden, attention_mask):\n    os._exit(1)\n"
    },
}
NAMES = [
    "ada",
    "bo",
    "cai",
    "dot",
    "eve",
    "fay",
    "gus",
    "hal",
    "ina",
    "jón",
    "kim",
    "lea",
    "max",
    "nur",
    "ola",
    "pia",
    "quy",
    "ren",
    "sol",
    "tam",
    "uma",
    "vic",
    "wen",
    "xia",
    "yun",
    "zoë",
    "abe",
    "bea",
    "cem",
    "dia",
]


class DemoError(Exception):
    """The class cannot be made; one sentence."""


def _solved(lab, source):
    """The released lab with every answer filled in."""
    notebook = nbformat.read(source / "labs" / lab / f"{lab}.ipynb", as_version=4)
    solution = nbformat.read(source / "solutions" / lab / f"{lab}.ipynb", as_version=4)
    answers = {
        c.metadata.nbgrader.grade_id: _SOLUTION.sub("", c.source)
        for c in solution.cells
        if c.metadata.get("nbgrader", {}).get("solution")
    }
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name == "reflection":
            cell.source = "I would fine-tune: the pretrained weights know more than 200 sentences can teach."
        elif name in answers:
            cell.source = answers[name]
    return notebook


def _cell(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def _forged(notebook, release):
    """An untouched lab whose check cells claim a hundred points."""
    out = copy.deepcopy(release)
    for cell in out.cells:
        info = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and info.get("grade"):
            info["points"] = 100
            cell.source = "100"
            cell.outputs = [
                nbformat.v4.new_output("execute_result", {"text/plain": "100"}, execution_count=1)
            ]
    return out


def _noisy(notebook, release):
    """Right, and loud about it."""
    out = copy.deepcopy(notebook)
    loud = "import sys, warnings\nwarnings.warn('careful')\nprint('a line on stderr', file=sys.stderr)\nprint('x' * 100_000)"
    out.cells.insert(1, nbformat.v4.new_code_cell(loud))
    return out


def _half(notebook, release):
    """Two exercises done."""
    out = copy.deepcopy(notebook)
    for name in ("one_hot_lookup_answer", "which_regime_answer", "reflection"):
        _cell(out, name).source = _cell(release, name).source
    return out


def _without_checks(notebook, release):
    """Right, with two check cells deleted."""
    out = copy.deepcopy(notebook)
    for name in ("masked_mean", "which_regime"):
        out.cells.remove(_cell(out, name))
    return out


def _looping_cell(notebook, release):
    """Right, below a cell that never ends."""
    out = copy.deepcopy(notebook)
    out.cells.insert(1, nbformat.v4.new_code_cell("while True:\n    pass"))
    return out


def make_class(course: Path, lab: str = "lab00_start", source: Path = ROOT, seed: int = 0) -> list[str]:
    """Write a course directory with a made-up class of 30; returns the students. The same seed gives the same class.

    Raises DemoError when the folder is there and is not empty.
    """
    course = Path(course)
    if course.exists() and (not course.is_dir() or any(course.iterdir())):
        raise DemoError(f"{course} is there and not empty; name another folder with --to.")
    release = nbformat.read(source / "labs" / lab / f"{lab}.ipynb", as_version=4)
    right, rng = _solved(lab, source), random.Random(seed)
    made = {}
    students = iter(NAMES)

    def wrong(answers):
        notebook = copy.deepcopy(right)
        for name, text in answers.items():
            _cell(notebook, f"{name}_answer").source = text
        return notebook

    for make in (_forged, _noisy, _half, _without_checks, _looping_cell):
        made[next(students)] = nbformat.writes(make(right, release))
    for answers in WRONG.values():
        made[next(students)] = nbformat.writes(wrong(answers))
    alike = "def pairwise_dot(a, b):\n    rows = [(x * b).sum(-1) for x in a]\n    return torch.stack(rows, 0) + 0 * a[:, :1] @ b[:, :1].T\n"
    other = "def pairwise_dot(a, b):\n    # my own idea\n    found = [(q * b).sum(-1) for q in a]\n    return torch.stack(found, 0) + 0 * a[:, :1] @ b[:, :1].T\n"
    regime = (
        "def which_regime(model, pretrained):\n    loaded = {0}\n    same = all(torch.equal(v, pretrained[k]) for k, v in loaded.items())\n"
        "    learns = any(p.requires_grad for p in model.encoder.parameters())\n"
        "    return ('fine-tuned' if learns else 'frozen') if same else 'from scratch'\n"
    )
    for text in (alike, other):
        answers = {"pairwise_dot": text, "which_regime": regime.replace("{0}", "model.encoder.state_dict()")}
        made[next(students)] = nbformat.writes(wrong(answers))
    broken = [b"", b'{"cells": [', b"%PDF-1.7 not a notebook", None, "folder"]
    for data in broken:
        made[next(students)] = data
    made[next(students)] = nbformat.writes(release)
    rest = list(students)
    for student in rest:
        notebook = copy.deepcopy(right)
        if rng.random() < 0.3:
            _cell(notebook, "which_regime_answer").source = _cell(release, "which_regime_answer").source
        made[student] = nbformat.writes(notebook)

    for student, data in made.items():
        folder = course / "submitted" / student / lab
        folder.mkdir(parents=True)
        path = folder / f"{lab}.ipynb"
        if data == "folder":
            path.mkdir()
        elif data is not None:
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        (folder / "timestamp.txt").write_text(f"2026-11-{1 + rng.randrange(20):02} 12:00:00 UTC")
    shutil.copy(source / "nbgrader_config.py", course)
    return sorted(made)
