"""`make lab`: puts a copy of every lab into `work/`, then starts JupyterLab on lesson 00.

The student's copy is theirs. A file that is missing is copied; one that is still as it was copied follows `labs/` when
that changes; one that was edited is never written to: a newer lab is then put beside it, as `lab01_cbow.new.ipynb`.
What each file was copied from is remembered, as a hash, in `work/.originals.json`.
"""

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST_PAGE = "/lab/tree/course/lessons/00_start.ipynb"
MEMORY = ".originals.json"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: an interrupted copy must not look like an edited one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)


def _remembered(path: Path) -> dict[str, dict[str, str]]:
    """{"lab01_cbow/lab01_cbow.ipynb": {"copied": hash, "offered": hash}}; empty when there is no such file, or a broken one."""
    try:
        memory = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return memory if isinstance(memory, dict) and all(isinstance(v, dict) for v in memory.values()) else {}


def _beside(mine: Path, offered: str | None) -> Path:
    """Where a newer version goes: `<name>.new.ipynb`, or `<name>.new-2.ipynb` when the first was itself edited."""
    number = 1
    while True:
        path = mine.with_name(f"{mine.stem}.new{f'-{number}' if number > 1 else ''}{mine.suffix}")
        if not path.exists() or _hash(path) == offered:
            return path
        number += 1


def copy_labs(labs: Path, work: Path) -> list[str]:
    """Brings `work/` up to date with `labs/` by the rule at the top of this module.

    Returns the lines to show the student: what was copied, what follows a change, what was put beside an edited file.
    """
    memory, lines = _remembered(work / MEMORY), []
    for source in sorted(path for path in labs.glob("*/**/*") if path.is_file()):
        name = source.relative_to(labs).as_posix()
        if any(part.startswith(".") or part == "__pycache__" for part in source.relative_to(labs).parts):
            continue
        mine, data, now = work / name, source.read_bytes(), _hash(source)
        known = memory.get(name, {})
        if not mine.exists():
            _write(mine, data)
            memory[name] = {"copied": now}
            lines.append(f"work/{name}: copied, for you to work in.")
        elif _hash(mine) == known.get("copied") != now:
            _write(mine, data)
            memory[name] = {"copied": now}
            lines.append(f"work/{name}: brought up to date (you had not changed it).")
        elif _hash(mine) == now:
            memory[name] = {"copied": now}
        elif now not in (known.get("copied"), known.get("offered")):
            new = _beside(mine, known.get("offered"))
            _write(new, data)
            memory[name] = {**known, "offered": now}
            lines.append(
                f"work/{name}: yours is kept; the lab has changed since, and its new version is {new.name} beside it."
            )
    _write(work / MEMORY, (json.dumps(memory, indent=1, sort_keys=True) + "\n").encode())
    return lines


def jupyter_arguments(given: list[str]) -> list[str]:
    """Our settings and then the student's own, which replace ours: JupyterLab refuses to be told a thing twice."""
    ours = {
        f"--ServerApp.root_dir={ROOT}": (
            "--ServerApp.root_dir",
            "--notebook-dir",
            "--ServerApp.notebook_dir",
        ),
        f"--LabApp.default_url={FIRST_PAGE}": ("--LabApp.default_url", "--ServerApp.default_url"),
    }
    named = {argument.partition("=")[0] for argument in given}
    return [setting for setting, rivals in ours.items() if not named.intersection(rivals)] + given


def quiet_news() -> None:
    """No pop-up about Jupyter news over the first lesson, and no look for updates: this course works offline.

    Written into the virtual environment alone, and not over a file that is there.
    """
    settings = Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json"
    if sys.prefix == sys.base_prefix or settings.exists():
        return
    news = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    with contextlib.suppress(OSError):  # a pop-up more is no reason not to start
        settings.parent.mkdir(parents=True, exist_ok=True)
        _write(settings, (json.dumps(news, indent=1) + "\n").encode())


def main(given: list[str]) -> int:
    """Copies the labs and serves until stopped; `given` are arguments of `jupyter lab`."""
    if not (ROOT / "labs").is_dir():
        print(
            "The folder labs/ is not here: run this in a clone of the whole repository, installed with `pip install -e .`.",
            file=sys.stderr,
        )
        return 2
    try:
        lines = copy_labs(ROOT / "labs", ROOT / "work")
    except OSError as error:
        print(f"Your copies of the labs could not be made in work/: {error}.", file=sys.stderr)
        return 2
    print("\n".join(lines), end="\n" if lines else "", flush=True)

    quiet_news()
    # the terminals and kernels that JupyterLab opens find this environment's programs, and nbgrader its `alembic`
    programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
    os.chdir(ROOT)
    # in this process, because a second interpreter would only make the start slower
    from jupyterlab.labapp import main as serve

    sys.argv[0] = "jupyter-lab"
    return serve(jupyter_arguments(given)) or 0
