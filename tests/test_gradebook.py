"""The gradebook: nbgrader's rows, written whole, with what a person gave left alone."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.gradebook import Book, GradebookError
from autograder.records import Store
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


def test_an_extension_given_after_grading_counts(course):
    """Nothing in the submission changed, and still its penalty has to."""
    (course / "nbgrader_config.py").write_text(
        (ROOT / "nbgrader_config.py").read_text() + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
    )
    late, (record, text) = DUE + timedelta(hours=1), record_of("late")
    with Book(course, LAB, ROOT) as book:
        with opened(book) as gradebook:
            gradebook.find_assignment(LAB).duedate = DUE
            gradebook.db.commit()
        book.write(record, text, late)
        assert book.same([record], {"late": late}) == {"late"}
        with opened(book) as gradebook:
            gradebook.grant_extension(LAB, "late", hours=2)
        assert book.same([record], {"late": late}) == set()


def test_a_plugin_of_the_course_directory_and_its_mistakes(course):
    """As for nbgrader: a module that lies beside nbgrader_config.py."""
    (course / "how_late.py").write_text(
        "from nbgrader.plugins import BasePlugin\n\n\nclass Half(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        return 100 if student_id == 'cai' else score / len(student_id)\n"
    )
    (course / "nbgrader_config.py").write_text('c.AssignLatePenalties.plugin_class = "how_late.Half"\n')
    with Book(course, LAB, ROOT) as book:
        with opened(book) as gradebook:
            gradebook.find_assignment(LAB).duedate = DUE
            gradebook.db.commit()
        book.write(*record_of("bo"), DUE + timedelta(days=1))
        book.write(*record_of("cai"), DUE + timedelta(days=1))
        marks = book.marks()
        assert (marks["bo"].late_penalty, marks["bo"].total) == (6.5, 6.5)
        assert (marks["cai"].late_penalty, marks["cai"].total) == (13, 0), "never more than there is"
    (course / "nbgrader_config.py").write_text('c.AssignLatePenalties.plugin_class = "how_late.Other"\n')
    with Book(course, LAB, ROOT) as book:
        before = rows(book)
        with pytest.raises(GradebookError, match="late-submission plugin"):
            book.write(*record_of("bo"), DUE + timedelta(days=2))
        assert rows(book) == before
    (course / "nbgrader_config.py").write_text("c.X = \n")
    with pytest.raises(GradebookError, match=r"nbgrader_config.py cannot be run: SyntaxError"):
        Book(course, LAB, ROOT)


def test_a_total_is_never_below_nothing(course):
    """A penalty that was taken off before a person lowered the marks; `nbgrader export` does the same."""
    (course / "nbgrader_config.py").write_text('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with Book(course, LAB, ROOT) as book:
        with opened(book) as gradebook:
            gradebook.find_assignment(LAB).duedate = DUE
            gradebook.db.commit()
        book.write(*record_of("ada"), DUE + timedelta(days=1))
        with opened(book) as gradebook:
            gradebook.find_grade("masked_mean", LAB, LAB, "ada").manual_score = 1
            gradebook.db.commit()
        marks = book.marks()["ada"]
        assert (marks.late_penalty, marks.total, marks.changed) == (13, 0, {"masked_mean": 1})


def test_an_answer_that_changed_is_read_again(course):
    """A person's mark is kept, and formgrader asks for another look: what was marked is not what is there now."""
    with Book(course, LAB, ROOT) as book:
        book.write(*record_of("ada", reflection="One thing."))
        with opened(book) as gradebook:
            grade = gradebook.find_grade("reflection", LAB, LAB, "ada")
            grade.manual_score, grade.needs_manual_grade = 2, False
            gradebook.db.commit()
        book.write(*record_of("ada", reflection="One thing."))
        assert book.marks()["ada"].waiting == 0
        book.write(*record_of("ada", reflection="Another."))
        assert (book.marks()["ada"].waiting, book.marks()["ada"].manual) == (1, 2)
        book.write(*record_of("ada", reflection="Another."))
        assert book.marks()["ada"].waiting == 1, "until a person has looked"


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


def test_same_sees_that_the_notebook_is_an_older_one(course):
    """The grader was killed after it had kept another notebook with the same marks, and before it had written it."""
    (record, text), store = record_of("ada"), Store(course, LAB)
    unreadable, _ = record_of("bo", which_regime=("invalid", 0, "It is not JSON."))
    with Book(course, LAB, ROOT) as book:
        for one, of_it in ((record, text), (unreadable, None)):
            store.keep(one, of_it)
            book.write(one, of_it)
        assert book.same([record, unreadable]) == {"ada", "bo"}
        store.keep(record, text.replace("Reflection", "Reflections"))
        assert book.same([record, unreadable]) == {"bo"}


@pytest.mark.parametrize("when", ["before the rows", "before the commit", "before the notebook"])
def test_killed_in_the_middle_of_a_submission(course, when):
    """The next run sees it, and ends as if nothing had been; no draft is left over."""
    (old, _), (new, text) = record_of("ada", **WRONG), record_of("ada", reflection="Much.")
    with Book(course, LAB, ROOT) as book:
        book.write(old, record_of("ada", **WRONG)[1])
        if when == "before the notebook":
            new, text = record_of("ada", reflection="Much.", **WRONG)
    place = {
        "before the rows": "Book._write_rows = die",
        "before the commit": "Book._penalty = die",
        "before the notebook": "gradebook.os.replace = die",
    }[when]
    code = (
        "import os\nfrom autograder import gradebook\nfrom autograder.gradebook import Book\n"
        "from tests.records import record_of\n"
        "def die(*_):\n    os.kill(os.getpid(), 9)\n"
        f"{place}\n"
        f"wrong = {WRONG if when == 'before the notebook' else {}!r}\n"
        f"with Book({str(course)!r}, {LAB!r}, {str(ROOT)!r}) as book:\n"
        "    book.write(*record_of('ada', reflection='Much.', **wrong))\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    Store(course, LAB).keep(new, text)
    with Book(course, LAB, ROOT) as book:
        assert book.same([new]) == set()
        book.write(new, text)
        assert book.same([new]) == {"ada"}
        assert {(g[1], g[2]) for g in rows(book) if len(g) == 5 and g[1] == "masked_mean"} == {
            ("masked_mean", 1 if when == "before the notebook" else 3)
        }
    folder = course / "autograded" / "ada" / LAB
    assert [p.name for p in folder.iterdir()] == [f"{LAB}.ipynb"]
    assert (folder / f"{LAB}.ipynb").read_text() == text


def test_killed_while_the_gradebook_is_made(tmp_path):
    """It is made in one transaction, so that `nbgrader db upgrade` knows it afterwards."""
    code = (
        "import os\nfrom autograder import database\nfrom autograder.gradebook import Book\n"
        "real = database.text\n"
        "def text(sql):\n    return real(sql) if sql.startswith('CREATE') else os.kill(os.getpid(), 9)\n"
        "database.text = text\n"
        f"Book({str(tmp_path)!r}, {LAB!r}, {str(ROOT)!r}).register()\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    with sqlite3.connect(tmp_path / "gradebook.db") as there:
        assert there.execute("SELECT name FROM sqlite_master").fetchall() == []
    with Book(tmp_path, LAB, ROOT) as book:
        assert book.register()
    with sqlite3.connect(tmp_path / "gradebook.db") as there:
        assert len(there.execute("SELECT version_num FROM alembic_version").fetchall()) == 1


def test_a_gradebook_that_disappears_is_noticed(course):
    with Book(course, LAB, ROOT) as book:
        book.write(*record_of("ada"))
        (course / "gradebook.db").rename(course / "elsewhere.db")
        for use in (
            lambda: book.write(*record_of("bo")),
            book.marks,
            lambda: book.same([record_of("ada")[0]]),
        ):
            with pytest.raises(GradebookError, match="moved, deleted or replaced"):
                use()
        assert not (course / "gradebook.db").exists(), "and no empty one is made in its place"
        assert not (course / "autograded" / "bo" / LAB / f"{LAB}.ipynb").exists()


def test_reading_makes_no_gradebook(tmp_path):
    with Book(tmp_path, LAB, ROOT) as book:
        assert book.assignments() == []
        with pytest.raises(GradebookError, match="not in the gradebook"):
            book.marks()
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_cannot_be_written_is_refused(course):
    record, text = record_of("ada")
    record.student = os.fsdecode(b"a\xff")
    with Book(course, LAB, ROOT) as book, pytest.raises(GradebookError, match="cannot be a student's name"):
        book.write(record, text)


def test_registering_waits_for_the_lock_and_says_who_has_it(course):
    (course / ".autograder" / LAB / "registered.txt").unlink()
    holder = sqlite3.connect(course / "gradebook.db")
    holder.execute("BEGIN IMMEDIATE")
    with Book(course, LAB, ROOT, patience=0.2) as book:
        with pytest.raises(GradebookError, match=r"^Another program holds the gradebook[^\n]*$"):
            book.register()
        holder.rollback()
        assert book.register()
    holder.close()


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
        began = time.process_time()
        for record, text in made:
            book.write(record, text)
        each = (time.process_time() - began) / len(made)
    assert each < 0.015, (
        f"{each * 1000:.0f} ms of CPU a submission; what else it takes is the disk's time to sync"
    )
