"""The gradebook on PostgreSQL: a real server that these tests start, read back by nbgrader itself."""

import csv
import glob
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from autograder.gradebook import Book, GradebookError
from autograder.release import ROOT
from tests.records import record_of
from tests.test_gradebook import LAB, WRONG, opened, rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    """The address of a PostgreSQL server of our own. Its absence is a failure, not a skip: nothing else tests it.

    It lies outside pytest's folders: PostgreSQL refuses to run as root, and those are closed to everybody else.
    """
    found = shutil.which("initdb") or next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))), None)
    if found is None:
        pytest.fail(
            "The PostgreSQL tests need a server's programs: `apt-get install postgresql` on Debian and Ubuntu."
        )
    programs, be = Path(found).parent, []
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if os.getuid() == 0:
        account = pwd.getpwnam("nobody")
        be = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"

    def run(*command):
        done = subprocess.run([*be, *map(str, command)], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run(programs / "initdb", "-D", data, "-U", "grader", "--auth=trust", "-E", "UTF8")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run(programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        yield f"postgresql://grader@/postgres?host={folder}"
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def db(server, request):
    """An empty database of that server."""
    name = "".join(c for c in request.node.name.lower() if c.isalpha())[:60]
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


def test_the_same_rows_as_with_sqlite(db, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    books = [Book(tmp_path / "a", LAB, ROOT, db=db), Book(tmp_path / "b", LAB, ROOT)]
    for book in books:
        with book:
            assert book.assignments() == []
            assert book.register() and not book.register()
            book.write(*record_of("ada", reflection="Much."), datetime(2026, 11, 1))
            book.write(*record_of("bo", **WRONG))
            book.write(*record_of("bo"))
            assert book.same([record_of("ada")[0], record_of("bo")[0]]) == {"ada", "bo"}
    assert rows(books[0]) == rows(books[1])
    assert len(rows(books[0])) > 10
    with books[0] as one, books[1] as two:
        assert one.marks() == two.marks()
    assert not (tmp_path / "a" / "gradebook.db").exists()


def test_stock_commands_on_the_same_database(db, tmp_path):
    """`nbgrader export` and feedback, told the database by nbgrader_config.py as any course would; our own reading of it too."""
    address = db.replace("postgresql:", "postgresql+psycopg:")
    (tmp_path / "nbgrader_config.py").write_text(
        (ROOT / "nbgrader_config.py").read_text() + f"\nc.CourseDirectory.db_url = {address!r}\n"
    )
    with Book(tmp_path, LAB, ROOT) as book:
        assert book.url == address
        book.register()
        book.write(*record_of("ada", **WRONG))
    for command in (["export"], ["generate_feedback", LAB], ["db", "student", "list"]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "grades.csv").open() as lines:
        (row,) = csv.DictReader(lines)
    assert (row["student_id"], row["score"], row["max_score"]) == ("ada", "11.0", "16.0")
    assert (tmp_path / "feedback" / "ada" / LAB / f"{LAB}.html").is_file()


def test_a_row_that_another_program_holds_is_waited_for_and_said(db, tmp_path):
    with Book(tmp_path, LAB, ROOT, db=db, patience=0.3) as book:
        book.register()
        book.write(*record_of("ada"))
        before = rows(book)
        holder = create_engine(book.url)
        with holder.connect() as connection:
            connection.execute(text("SELECT * FROM grade FOR UPDATE"))
            with pytest.raises(GradebookError, match="Another program holds the gradebook"):
                book.write(*record_of("ada", **WRONG))
        holder.dispose()
        assert rows(book) == before
        assert book.write(*record_of("ada", **WRONG))
        with opened(book) as gradebook:
            assert gradebook.find_submission(LAB, "ada").score == 11


def test_a_server_that_goes_away_is_said(db, tmp_path):
    """The connection is cut from the server's side between two submissions; the next run goes on."""
    with Book(tmp_path, LAB, ROOT, db=db) as book:
        book.register()
        book.write(*record_of("ada"))
        other = create_engine(book.url, isolation_level="AUTOCOMMIT")
        with other.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        other.dispose()
        with pytest.raises(GradebookError, match="does not answer as it should"):
            book.write(*record_of("bo"))
        assert not (tmp_path / "autograded" / "bo" / LAB / f"{LAB}.ipynb").exists()
        book.write(*record_of("bo"))
        assert set(book.marks()) == {"ada", "bo"}
