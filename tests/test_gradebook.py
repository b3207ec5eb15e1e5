"""The gradebook: nbgrader's rows, written whole, with what a person gave left alone."""

import contextlib
import glob
import os
import pwd
import shutil
import sqlite3
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.gradebook import Book, GradebookError
from autograder.release import ROOT
from tests.records import record_of

LAB = "lab00_start"
WRONG = {"masked_mean": ("wrong-answer", 1.0, "Look at what you divide by.")}
DUE = datetime(2026, 11, 1, 12)


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """A course directory in whose gradebook the lab has just been registered, to be copied."""
    folder = tmp_path_factory.mktemp("registered")
    with Book(folder, LAB, ROOT) as book:
        assert book.register()
        assert not book.register(), "once is enough"
    return folder


@pytest.fixture
def course(registered, tmp_path):
    shutil.copytree(registered, tmp_path / "course")
    return tmp_path / "course"


@contextlib.contextmanager
def opened(book):
    """nbgrader's own view of the same gradebook."""
    gradebook = Gradebook(book.url, book.course_id)
    try:
        yield gradebook
    finally:
        gradebook.close()


def rows(book):
    """Everything that a grading run writes, without made-up ids."""
    with opened(book) as gradebook:
        out = []
        for s in gradebook.assignment_submissions(LAB):
            out.append((s.student_id, s.timestamp, s.score, s.max_score, s.needs_manual_grade))
            for n in s.notebooks:
                out.append((s.student_id, n.name, n.late_submission_penalty))
                grades = ((g.name, g.auto_score, g.manual_score, g.needs_manual_grade) for g in n.grades)
                out += sorted((s.student_id, *g) for g in grades)
                out += sorted((s.student_id, c.name, c.auto_comment, c.manual_comment) for c in n.comments)
        return sorted(out, key=repr)


def test_marks_are_as_nbgrader_reads_them(course):
    with Book(course, LAB, ROOT) as book:
        assert book.write(*record_of("ada", reflection="I learnt much."))
        assert book.write(*record_of("bo", **WRONG))
        with opened(book) as gradebook:
            ada, bo = (gradebook.find_submission(LAB, s) for s in ("ada", "bo"))
            assert (ada.score, ada.max_score, ada.needs_manual_grade) == (13, 16, True)
            assert (bo.score, bo.needs_manual_grade) == (11, False)
            reflection = gradebook.find_grade("reflection", LAB, LAB, "bo")
            assert (reflection.auto_score, reflection.needs_manual_grade) == (0, False)
            assert gradebook.find_comment("reflection", LAB, LAB, "bo").comment == "No response."
            assert gradebook.find_comment("reflection", LAB, LAB, "ada").comment is None
        marks = book.marks()
        assert (marks["ada"].total, marks["ada"].waiting, marks["ada"].manual) == (13, 1, None)
        assert (marks["bo"].total, marks["bo"].waiting, marks["bo"].manual) == (11, 0, 0)
        assert (marks["bo"].max_auto, marks["bo"].max_manual) == (13, 3)


def test_the_graded_notebook_lies_where_formgrader_looks(course):
    record, text = record_of("ada")
    with Book(course, LAB, ROOT) as book:
        book.write(record, text)
        assert (course / "autograded" / "ada" / LAB / f"{LAB}.ipynb").read_text() == text
        nothing, _ = record_of(
            "bo", **dict.fromkeys(("masked_mean", "which_regime"), ("invalid", 0, "It is not JSON."))
        )
        book.write(nothing, None)
    page = nbformat.read(course / "autograded" / "bo" / LAB / f"{LAB}.ipynb", as_version=4)
    nbformat.validate(page)
    assert "It is not JSON" in page.cells[0].source


def test_regrading_keeps_what_a_person_gave(course):
    with Book(course, LAB, ROOT) as book:
        book.write(*record_of("ada", reflection="Much.", **WRONG))
        with opened(book) as gradebook:
            grade = gradebook.find_grade("reflection", LAB, LAB, "ada")
            grade.manual_score, grade.needs_manual_grade = 2.5, False
            gradebook.find_grade("masked_mean", LAB, LAB, "ada").manual_score = 2
            gradebook.find_comment("reflection", LAB, LAB, "ada").manual_comment = "Well seen."
            gradebook.db.commit()
        before = rows(book)
        assert not book.write(*record_of("ada", reflection="Much.", **WRONG)), "nothing changed"
        assert rows(book) == before

        assert book.write(*record_of("ada", reflection="Much."))
        with opened(book) as gradebook:
            assert gradebook.find_grade("reflection", LAB, LAB, "ada").manual_score == 2.5
            overridden = gradebook.find_grade("masked_mean", LAB, LAB, "ada")
            assert (overridden.auto_score, overridden.manual_score) == (3, 2)
            assert overridden.needs_manual_grade, "a mark of a person's beside a new one: look again"
        marks = book.marks()["ada"]
        assert (marks.manual, marks.total, marks.comments) == (2.5, 14.5, {"reflection": "Well seen."})


def test_a_late_submission_loses_what_the_plugin_says(course):
    (course / "nbgrader_config.py").write_text(
        (ROOT / "nbgrader_config.py").read_text() + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
    )
    with Book(course, LAB, ROOT) as book:
        with opened(book) as gradebook:
            gradebook.find_assignment(LAB).duedate = DUE
            gradebook.db.commit()
        book.write(*record_of("in_time"), DUE - timedelta(seconds=1))
        book.write(*record_of("late"), DUE + timedelta(hours=1))
        marks = book.marks()
        assert (marks["in_time"].total, marks["in_time"].late_penalty) == (13, 0)
        assert (marks["late"].total, marks["late"].late_penalty) == (0, 13)
        with opened(book) as gradebook:
            gradebook.grant_extension(LAB, "late", hours=2)
        book.write(*record_of("late"), DUE + timedelta(hours=1))
        assert book.marks()["late"].late_penalty == 0


def test_same_knows_what_needs_no_writing(course):
    ada, bo = record_of("ada"), record_of("bo")
    with Book(course, LAB, ROOT) as book:
        assert book.same([ada[0], bo[0]]) == set()
        book.write(*ada, DUE)
        assert book.same([ada[0], bo[0]]) == {"ada"}
        assert book.same([ada[0]], {"ada": DUE}) == {"ada"}
        assert book.same([ada[0]], {"ada": DUE + timedelta(1)}) == set(), "handed in again, later"
        assert book.same([record_of("ada", **WRONG)[0]]) == set()
        (course / "autograded" / "ada" / LAB / f"{LAB}.ipynb").unlink()
        assert book.same([ada[0]]) == set()


def test_a_failure_in_the_middle_leaves_no_half(course, monkeypatch):
    with Book(course, LAB, ROOT) as book:
        before = rows(book)
        monkeypatch.setattr(Book, "_penalty", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            book.write(*record_of("ada"))
        assert rows(book) == before


def test_what_goes_wrong_is_said_in_a_sentence(course, tmp_path, monkeypatch):
    with Book(course, LAB, ROOT, patience=0.2) as book:
        holder = sqlite3.connect(course / "gradebook.db")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookError, match="Another program holds the gradebook"):
            book.write(*record_of("ada"))
        holder.rollback()
        holder.close()
        book.write(*record_of("ada"))

    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "gradebook.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(GradebookError, match="damaged"):
        Book(tmp_path / "broken", LAB, ROOT)
    with pytest.raises(GradebookError, match="does not answer"):
        Book(course, LAB, ROOT, db="postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(GradebookError, match="not in the gradebook"), Book(tmp_path, LAB, ROOT) as book:
        book.write(*record_of("ada"))
    with (
        pytest.raises(GradebookError, match="to register the assignment from"),
        Book(course, "lab99", ROOT) as book,
    ):
        book.register()

    with Book(course, LAB, ROOT) as book:
        full = sqlite3.OperationalError("database or disk is full")
        monkeypatch.setattr("autograder.gradebook.utils.determine_grade", lambda cell: (0.0, 3.0))
        from sqlalchemy.exc import OperationalError

        def no_room(*_):
            raise OperationalError("INSERT", {}, full)

        monkeypatch.setattr(Book, "_write_rows", no_room)
        with pytest.raises(GradebookError, match="disk is full"):
            book.write(*record_of("cai"))


def test_a_changed_lab_is_registered_again_but_not_under_submissions(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT / "solutions" / LAB, source / "solutions" / LAB)
    shutil.copy(ROOT / "nbgrader_config.py", source)
    path = source / "solutions" / LAB / f"{LAB}.ipynb"
    with Book(tmp_path, LAB, source) as book:
        book.register()
        notebook = nbformat.read(path, as_version=4)
        check = next(
            c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "masked_mean"
        )
        check.metadata.nbgrader.points = 5
        nbformat.write(notebook, path)
        assert book.register()
        with opened(book) as gradebook:
            assert gradebook.find_grade_cell("masked_mean", LAB, LAB).max_score == 5
        book.write(*record_of("ada"))
        notebook.cells.remove(check)
        nbformat.write(notebook, path)
        with pytest.raises(GradebookError, match="added or removed after submissions"):
            book.register()


def test_a_submission_is_written_in_milliseconds(course):
    made = [record_of(f"s{i}") for i in range(30)]
    with Book(course, LAB, ROOT) as book:
        began = time.perf_counter()
        for record, text in made:
            book.write(record, text)
        each = (time.perf_counter() - began) / len(made)
    assert each < 0.05, f"{each * 1000:.0f} ms a submission"


# -- PostgreSQL ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a PostgreSQL server of our own. Its absence is a failure, not a skip: nothing else tests it."""
    found = shutil.which("initdb") or next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))), None)
    if found is None:
        pytest.fail(
            "The PostgreSQL test needs a server's programs: `apt-get install postgresql` on Debian and Ubuntu."
        )
    programs, folder = Path(found).parent, tmp_path_factory.mktemp("postgres")
    be = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        account = pwd.getpwnam("nobody")
        be = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        for parent in (folder, folder.parent, folder.parent.parent):
            parent.chmod(0o755)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"

    def run(*command):
        done = subprocess.run([*be, *map(str, command)], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr

    run(programs / "initdb", "-D", data, "-U", "grader", "--auth=trust", "-E", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    yield f"postgresql://grader@/postgres?host={folder}"
    run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


@pytest.mark.slow
def test_postgresql(server, tmp_path):
    """The same rows as with SQLite, read back by nbgrader itself."""
    books = [Book(tmp_path / "a", LAB, ROOT, db=server), Book(_made(tmp_path / "b"), LAB, ROOT)]
    for book in books:
        with book:
            book.register()
            book.write(
                *record_of("ada", reflection="Much."), datetime(2026, 11, 1, tzinfo=UTC).replace(tzinfo=None)
            )
            book.write(*record_of("bo", **WRONG))
            book.write(*record_of("bo"))
            assert book.same([record_of("ada")[0], record_of("bo")[0]]) == {"ada", "bo"}
            assert not book.register()
    assert rows(books[0]) == rows(books[1])
    assert len(rows(books[0])) > 10


def _made(folder):
    folder.mkdir()
    return folder
