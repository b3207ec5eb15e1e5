"""An attack made into a submission: an untouched lab, kept short, with the attack's cells, files and forgeries in it."""

import json
import shutil
import tempfile
from pathlib import Path
from string import Template

import nbformat

from autograder.judge import Job
from autograder.submissions import read_submission
from tests.attacks import Attack
from tests.attacks.world import World
from tests.submissions import untouched

LIMITS = {
    "submission": 60.0
}  # seconds: shorter than the usual, so that what waits or forks in each of a lab's calls ends


def info(cell) -> dict:
    """nbgrader's metadata of a cell."""
    return cell.metadata.get("nbgrader", {})


def exercises(notebook) -> list[str]:
    """The names of a released lab's exercises."""
    return [
        info(c)["grade_id"] for c in notebook.cells if info(c).get("grade") and not info(c).get("solution")
    ]


def short(lab: str) -> nbformat.NotebookNode:
    """The released lab without the cells that only show: what is left is imports, answers, checks and texts."""
    notebook = untouched(lab)
    notebook.cells = [c for c in notebook.cells if c.cell_type != "code" or info(c)]
    return notebook


def as_data(notebook) -> bytes:
    """A notebook's file, whatever its form: nbformat's own writer would put right what is meant to be wrong."""
    return json.dumps(notebook).encode()


class Submission:
    """An attack on a lab. walls: whether it is going to run behind them; also: processes of the grader it may know of;
    turn: the round."""

    def __init__(
        self, attack: Attack, lab: str, world: World, walls: bool, also: tuple[int, ...] = (), turn=0
    ):
        self.attack, self.lab, self.world = attack, lab, world
        self.known = world.knowledge(lab, walls, also) | {"ROUND": str(turn)}

    def fill(self, text: str, **more) -> str:
        """A source with the names in it filled in."""
        return Template(text).safe_substitute(self.known, **more)

    def notebook(self, first: str = "", last: str = "") -> nbformat.NotebookNode:
        """The lab with two more cells, after the imports and at the end."""
        out = short(self.lab)
        for source, at in ((last, len(out.cells)), (first, self._after_imports(out))):
            if source:
                out.cells.insert(at, nbformat.v4.new_code_cell(self.fill(source)))
        return out

    def first(self) -> nbformat.NotebookNode:
        """The attacker's notebook."""
        out = self.notebook(self.attack.cell, self.attack.last)
        for cell in out.cells:
            name = info(cell).get("grade_id", "").removesuffix("_answer")
            if self.attack.answer and cell.cell_type == "code" and info(cell).get("solution"):
                cell.source = self.fill(self.attack.answer, NAME=name)
        if self.attack.edit:
            self.attack.edit(out)
        return out

    def second(self) -> nbformat.NotebookNode:
        """The notebook of the student who is graded next."""
        return self.notebook(self.attack.then)

    def data(self) -> bytes:
        """The attacker's notebook as a file."""
        notebook = self.first()
        return self.attack.raw(notebook) if self.attack.raw else as_data(notebook)

    def files(self) -> dict[str, bytes]:
        """What lies beside the notebook."""
        out = {}
        for name, data in self.attack.files.items():
            out[self.fill(name)] = self.fill(data).encode() if isinstance(data, str) else data
        return out

    def lay_out(self, folder: Path) -> Path:
        """The submission as files in a folder that does not exist yet."""
        folder.mkdir(parents=True)
        for name, data in {**self.files(), f"{self.lab}.ipynb": self.data()}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        if self.attack.folder:
            self.attack.folder(folder, self.world, self.lab)
        return folder

    def copied(self) -> tuple[nbformat.NotebookNode, dict[str, bytes]]:
        """What a grader takes that copies the folder as stock nbgrader does: the notebook, and the files beside it."""
        if not self.attack.folder:
            return self.first(), self.files()
        with self.world.place(self.lab) as folder, tempfile.TemporaryDirectory() as scratch:
            copy = Path(shutil.copytree(self.lay_out(folder), Path(scratch) / "copy"))
            name = f"{self.lab}.ipynb"
            files = {str(p.relative_to(copy)): p.read_bytes() for p in copy.rglob("*") if p.is_file()}
        return nbformat.reads(files.pop(name).decode(), as_version=4), files

    def job(self) -> Job:
        """For our grader. An attack by its folder goes through what reads submissions."""
        lab, problem, notes = self.lab, None, []
        if self.attack.folder:
            with self.world.place(self.lab) as folder:
                read = read_submission(self.lay_out(folder), lab)
            files, problem, notes = read.files, read.problem, read.notes
        else:
            files = {**self.files(), f"{lab}.ipynb": self.data()}
        limits = LIMITS | self.attack.limits
        return Job("mal", lab, files, secret=self.world.secret, problem=problem, notes=notes, limits=limits)

    def second_job(self) -> Job:
        """The notebook of the student who is graded next."""
        lab = self.lab
        return Job("bo", lab, {f"{lab}.ipynb": as_data(self.second())}, secret=self.world.secret)

    def _after_imports(self, notebook):
        return 1 + next(i for i, c in enumerate(notebook.cells) if info(c).get("grade_id") == "imports")
