"""Set-up: when `.venv` counts as up to date, the sentences for what goes wrong, and the student's copies in `work/`."""

import ast
import json
import os
import re
import subprocess
import sys
import threading
import time
import tomllib
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

import pytest

from course import bootstrap, chapters, start
from tests.throwaway import ROOT

Usage = namedtuple("Usage", "total used free")
NOW = {"requirements": "a", "root": "/here", "python": "python3.12"}


# -- is .venv up to date? -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "extras", "pip_args", "what"),
    [
        ({}, [], "", "nothing"),
        ({"extras": ["test"]}, [], "", "nothing"),  # more than is needed
        ({"extras": ["test"]}, ["test"], "", "nothing"),
        ({}, ["test"], "", "install"),
        ({"requirements": "b"}, [], "", "install"),
        (
            {"pip_args": "--pre"},
            [],
            "",
            "nothing",
        ),  # a plain `make lab` leaves the build of torch that was chosen
        ({"pip_args": "--pre"}, [], "--pre", "nothing"),
        ({}, [], "--pre", "rebuild"),  # pip would keep a torch of the same version
        ({"root": "/elsewhere"}, [], "", "rebuild"),  # the folder was moved or copied
        ({"python": "python3.11"}, [], "", "rebuild"),  # the system's Python changed under it
        (None, [], "", "rebuild"),  # none, or one that was interrupted
    ],
)
def test_what_is_to_be_done(made, extras, pip_args, what):
    stamp = made if made is None else {**NOW, "extras": [], "pip_args": "", **made}
    assert bootstrap.plan(stamp, NOW, extras, pip_args) == what


@pytest.fixture
def checkout(tmp_path):
    """A folder with an empty course in it."""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n")
    return tmp_path


@pytest.fixture
def fake_pip(checkout, monkeypatch):
    """Stands in for pip and `python -m venv`; `calls` are pip's arguments, `outcome` what it returns."""

    def run_pip(python, arguments, cwd):
        assert not os.path.exists(bootstrap.stamp_file(checkout))  # half an installation has no stamp
        run_pip.calls.append(arguments)
        return run_pip.outcome

    def venv(command, **_):
        os.makedirs(os.path.dirname(bootstrap.venv_python(checkout)))
        os.symlink(sys.executable, bootstrap.venv_python(checkout))
        return subprocess.CompletedProcess(command, 0, b"")

    run_pip.calls, run_pip.outcome = [], (0, "")
    monkeypatch.setattr(bootstrap, "run_pip", run_pip)
    monkeypatch.setattr(bootstrap, "find_python", lambda current: (current, (3, 12, 1)))
    monkeypatch.setattr(bootstrap, "check_space", lambda root: None)
    monkeypatch.setattr(bootstrap.subprocess, "run", venv)
    return run_pip


def test_an_environment_is_made_once_and_grows_with_the_extras(checkout, fake_pip):
    assert bootstrap.ensure(checkout, [], "--pre") == "rebuild"
    assert bootstrap.ensure(checkout, [], "") == "nothing"
    assert bootstrap.ensure(checkout, ["test"], "") == "install"
    assert bootstrap.ensure(checkout, [], "") == "nothing"
    assert fake_pip.calls == [
        ["install", "-e", ".", "-c", "constraints.txt", "--pre"],
        ["install", "-e", ".[test]", "-c", "constraints.txt", "--pre"],
    ]
    (checkout / "constraints.txt").write_text("torch==2.14.0\n")
    assert bootstrap.ensure(checkout, [], "") == "install"
    assert fake_pip.calls[-1][2] == ".[test]"


def test_a_second_window_waits_and_finds_it_done(checkout, fake_pip, monkeypatch, capsys):
    first_is_in, first_may_end = threading.Event(), threading.Event()
    run_pip = bootstrap.run_pip

    def slow_pip(*arguments):
        first_is_in.set()
        assert first_may_end.wait(30)
        return run_pip(*arguments)

    monkeypatch.setattr(bootstrap, "run_pip", slow_pip)
    with ThreadPoolExecutor() as windows:
        first = windows.submit(bootstrap.ensure, checkout, [], "")
        assert first_is_in.wait(30)
        second = windows.submit(bootstrap.ensure, checkout, [], "")
        said = ""
        while "waiting for it" not in said and not second.done():
            time.sleep(0.01)
            said += capsys.readouterr().out
        first_may_end.set()
    assert "Another window is setting up .venv: waiting for it." in said
    assert (first.result(), second.result()) == ("rebuild", "nothing")
    assert len(fake_pip.calls) == 1


def test_an_installation_that_broke_off_is_done_again(checkout, fake_pip):
    fake_pip.outcome = (1, "ERROR: no network\n")
    with pytest.raises(bootstrap.Refusal, match="check the network"):
        bootstrap.ensure(checkout, [], "")
    fake_pip.outcome = (0, "")
    assert bootstrap.ensure(checkout, [], "") == "rebuild"
    assert bootstrap.ensure(checkout, [], "") == "nothing"


def test_a_disk_that_fills_up_on_the_way_is_said(checkout, fake_pip):
    fake_pip.outcome = (
        1,
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
    )
    with pytest.raises(bootstrap.Refusal, match="The disk filled up"):
        bootstrap.ensure(checkout, [], "")


def test_a_full_disk_is_said_before_anything_is_made(checkout):
    with pytest.raises(bootstrap.Refusal, match=r"0\.5 GB are free"):
        bootstrap.check_space(checkout, lambda path: Usage(10**12, 0, 5 * 10**8))
    bootstrap.check_space(checkout, lambda path: Usage(10**12, 0, 10**10))


# -- which Python? --------------------------------------------------------------------------------------------------


def find(current, on_path):
    """find_python, on a machine with these interpreters: {name: (version, can make environments)}."""
    pythons = {"this": current, **on_path}
    return bootstrap.find_python("this", lambda name: name if name in on_path else None, pythons.get)


def test_the_running_python_is_taken_when_it_will_do():
    assert find(((3, 11, 0), True), {"python3.13": ((3, 13, 0), True)}) == ("this", (3, 11, 0))


@pytest.mark.parametrize("current", [((3, 8, 10), True), ((3, 14, 0), True), ((3, 12, 1), False), None])
def test_another_python_on_the_path_is_found(current):
    assert find(current, {"python3.12": ((3, 12, 4), True)}) == ("python3.12", (3, 12, 4))


@pytest.mark.parametrize(
    ("current", "fragment"),
    [
        (((3, 8, 10), True), "needs Python 3.11, 3.12 or 3.13, and it is 3.8.10 here"),
        (((3, 14, 2), True), "it is 3.14.2 here"),
        (((3, 12, 3), False), "sudo apt install python3.12-venv"),
    ],
)
def test_no_python_will_do_is_one_sentence(current, fragment):
    with pytest.raises(bootstrap.Refusal) as refusal:
        find(current, {})
    assert fragment in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_real_interpreter_answers():
    assert bootstrap.ask(sys.executable) == (sys.version_info[:3], True)
    assert bootstrap.ask("/no/such/python") is None


def test_the_whole_script_refuses_in_one_line(tmp_path):
    """With an old python3 as the only one on PATH (a script that answers as it would), nothing is made."""
    old = tmp_path / "bin" / "python3"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho '[[3, 8, 10], true]'\n")
    old.chmod(0o755)
    root = tmp_path / "clone"
    (root / "course").mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt", "course/bootstrap.py"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    code = "import sys, runpy; sys._base_executable, *sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code, str(old), str(root / "course" / "bootstrap.py")],
        env={"PATH": str(old.parent)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "3.8.10" in done.stderr
    assert not (root / ".venv").exists()


def test_an_old_python_can_read_the_script():
    ast.parse((ROOT / "course" / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_no_file_of_the_set_up_names_a_package_host():
    for name in ("pyproject.toml", "constraints.txt", "environment.yml", "Makefile", "course/bootstrap.py"):
        text = (ROOT / name).read_text()
        assert not re.search(r"https?://|file://|index-url|find-links", text), name


def test_what_is_required_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = re.findall(r"^([\w.-]+)==[\w.]+$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    pinned = {name.lower().replace("_", "-") for name in pins}
    wanted = project["dependencies"] + [
        name for extra in project["optional-dependencies"].values() for name in extra
    ]
    assert {name.partition("[")[0] for name in wanted} <= pinned
    assert [name.lower().replace("_", "-") for name in pins] == sorted(pinned)


# -- work/: the student's copies -------------------------------------------------------------------------------------


@pytest.fixture
def folders(tmp_path):
    """labs/ with one lab of two files, and work/, which is not there yet."""
    labs, work = tmp_path / "labs", tmp_path / "work"
    (labs / "lab01_cbow").mkdir(parents=True)
    (labs / "lab01_cbow" / "lab01_cbow.ipynb").write_text("first")
    (labs / "lab01_cbow" / "words.txt").write_text("words")
    return labs, work


def test_labs_are_copied_once(folders):
    labs, work = folders
    assert len(start.copy_labs(labs, work)) == 2
    assert (work / "lab01_cbow" / "lab01_cbow.ipynb").read_text() == "first"
    assert start.copy_labs(labs, work) == []


def test_an_edited_copy_is_never_written_to_and_the_new_lab_stands_beside_it(folders):
    labs, work = folders
    mine, new = work / "lab01_cbow" / "lab01_cbow.ipynb", work / "lab01_cbow" / "lab01_cbow.new.ipynb"
    start.copy_labs(labs, work)
    mine.write_text("my answers")
    assert start.copy_labs(labs, work) == [] and not new.exists()
    (labs / "lab01_cbow" / "lab01_cbow.ipynb").write_text("second")
    (line,) = start.copy_labs(labs, work)
    assert "lab01_cbow.new.ipynb" in line and "yours is kept" in line
    assert (mine.read_text(), new.read_text()) == ("my answers", "second")
    assert start.copy_labs(labs, work) == []  # said once

    new.write_text("now I work in this one")
    (labs / "lab01_cbow" / "lab01_cbow.ipynb").write_text("third")
    start.copy_labs(labs, work)
    assert (mine.read_text(), new.read_text()) == ("my answers", "now I work in this one")
    assert (work / "lab01_cbow" / "lab01_cbow.new-2.ipynb").read_text() == "third"


def test_an_untouched_copy_follows_the_lab(folders):
    labs, work = folders
    start.copy_labs(labs, work)
    (labs / "lab01_cbow" / "lab01_cbow.ipynb").write_text("second")
    (line,) = start.copy_labs(labs, work)
    assert "brought up to date" in line
    assert (work / "lab01_cbow" / "lab01_cbow.ipynb").read_text() == "second"


@pytest.mark.parametrize("memory", [None, "{broken", "[]", '{"lab01_cbow/lab01_cbow.ipynb": 3}'])
def test_without_a_memory_of_the_original_a_file_counts_as_edited(folders, memory):
    labs, work = folders
    start.copy_labs(labs, work)
    mine = work / "lab01_cbow" / "lab01_cbow.ipynb"
    mine.write_text("perhaps mine")
    (work / start.MEMORY).unlink()
    if memory:
        (work / start.MEMORY).write_text(memory)
    start.copy_labs(labs, work)
    assert mine.read_text() == "perhaps mine"


def test_a_deleted_copy_comes_back_and_a_hidden_file_is_not_copied(folders):
    labs, work = folders
    (labs / "lab01_cbow" / ".ipynb_checkpoints").mkdir()
    (labs / "lab01_cbow" / ".ipynb_checkpoints" / "x.ipynb").write_text("x")
    start.copy_labs(labs, work)
    assert not (work / "lab01_cbow" / ".ipynb_checkpoints").exists()
    (work / "lab01_cbow" / "lab01_cbow.ipynb").write_text("a mess")
    (work / "lab01_cbow" / "lab01_cbow.ipynb").unlink()
    start.copy_labs(labs, work)
    assert (work / "lab01_cbow" / "lab01_cbow.ipynb").read_text() == "first"


# -- the commands ----------------------------------------------------------------------------------------------------


def test_jupyter_starts_on_lesson_00_unless_told_otherwise():
    ours = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{chapters.CHAPTERS[0].lesson}"]
    assert start.jupyter_arguments(["--port", "9999"]) == [*ours, "--port", "9999"]
    for given in (["--notebook-dir=/tmp"], ["--ServerApp.root_dir", "/tmp"]):
        assert start.jupyter_arguments(given) == [ours[1], *given]
    assert start.jupyter_arguments(["--LabApp.default_url=/lab"]) == [ours[0], "--LabApp.default_url=/lab"]


def test_make_alone_lists_every_target():
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()
    assert set(targets) == set(re.findall(r"^  make (\w+)", done.stdout, re.MULTILINE))
    for word in ("ARGS", "PIP_ARGS", "PYTHON"):
        assert word in done.stdout


def test_the_chapters_command_prints_the_table():
    done = subprocess.run(
        [sys.executable, "-m", "course", "chapters"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, chapters.readme_table())


def test_the_memory_of_originals_is_readable(folders):
    labs, work = folders
    start.copy_labs(labs, work)
    assert set(json.loads((work / start.MEMORY).read_text())) == {
        "lab01_cbow/lab01_cbow.ipynb",
        "lab01_cbow/words.txt",
    }
