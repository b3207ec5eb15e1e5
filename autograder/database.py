"""The database under the gradebook: where it is, made whole or not at all, and its errors as sentences.

SQLite or PostgreSQL; anything else that SQLAlchemy can open is tried as it is.

database = Database("sqlite:////…/gradebook.db", patience=30)
database.make()                                 # nbgrader's tables, where there are none yet
with database.reading() as connection: …        # GradebookError for whatever goes wrong
with database.writing() as connection: …        # one transaction: all of it, or nothing
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nbgrader import api
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader

STUDENT, ASSIGNMENT, NOTEBOOK = (m.__table__ for m in (api.Student, api.Assignment, api.Notebook))
SUBMITTED, SUBMITTED_NOTEBOOK = api.SubmittedAssignment.__table__, api.SubmittedNotebook.__table__
GRADE, COMMENT, CELL = (m.__table__ for m in (api.Grade, api.Comment, api.BaseCell))
GRADE_CELL, TASK_CELL = api.GradeCell.__table__, api.TaskCell.__table__

ADDRESS = "Is its address right, and does it run?"


class GradebookError(Exception):
    """The gradebook cannot be read or written; one sentence that says what to do."""


class NoGradebook(GradebookError):
    """There is no gradebook yet."""


def driver_url(url: str) -> str:
    """A database's address with the driver that the course installs: psycopg 3 for PostgreSQL."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def sentence(error: Exception, url: str) -> str:
    """What went wrong in a database, for a person."""
    said = (
        str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if str(error)
        else type(error).__name__
    )
    low = said.lower()
    if "locked" in low or "lock timeout" in low:
        return (
            "Another program holds the gradebook and has not let go of it: close Formgrader, or any other grading run, "
            "and try again."
        )
    if "full" in low or "no space" in low:
        return "The disk is full: the gradebook could not be written. Make room and try again."
    if "readonly" in low or "read-only" in low:
        return "The gradebook is read-only for you: check who owns gradebook.db and its folder."
    if "unable to open" in low:
        return "gradebook.db cannot be opened: check that its folder is there, and yours to write in."
    if "no such column" in low or "no such table" in low or ("does not exist" in low and "relation" in low):
        return f"The gradebook has an older form ({said}): run `nbgrader db upgrade`, and try again."
    if "not a database" in low or "malformed" in low:
        return "gradebook.db is damaged and cannot be read: put back a copy, or move it away and grade again."
    if "psycopg" in low or "no module" in low:
        return 'PostgreSQL needs its driver: `pip install "psycopg[binary]"`.'
    if url.startswith("sqlite"):
        return f"The gradebook cannot be used: {said.rstrip('.')}."
    return f"The database does not answer as it should: {said.rstrip('.')}. {ADDRESS}"


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """As nbgrader does: what lies in the course directory (a plugin) can be imported by nbgrader_config.py."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        with suppress(ValueError):
            sys.path.remove(str(folder))


def settings_of(course: Path, source: Path) -> Config:
    """nbgrader_config.py of the course directory, else of the source. Raises GradebookError when it cannot be run."""
    for folder in (course, source):
        if (folder / "nbgrader_config.py").is_file():
            try:
                with importable(folder):
                    return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
            except Exception as error:  # it is a program of the instructor's
                raise GradebookError(
                    f"{folder / 'nbgrader_config.py'} cannot be run: {type(error).__name__}: {error}."
                ) from error
    return Config()


class Database:
    """url: as nbgrader's `CourseDirectory.db_url`; patience: seconds to wait for another program to let go.

    Raises GradebookError when it is there and cannot be used; a file that is not there yet is made by `make`, and by
    nothing else.
    """

    def __init__(self, url: str, patience: float):
        self.url = driver_url(url)
        programs = str(Path(sys.executable).parent)  # nbgrader starts `alembic` by name
        if programs not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
        self.lite = self.url.startswith("sqlite")
        with self._told():
            options = {"timeout": patience} if self.lite else {"connect_timeout": 10}
            if not (self.lite or "+psycopg:" in self.url):
                options = {}  # a database that we do not know
            self.engine = create_engine(self.url, connect_args=options)
            if self.lite:
                event.listen(self.engine, "connect", _write_through)
            elif "+psycopg:" in self.url:
                event.listen(self.engine, "connect", _wait_no_longer_than(patience))
            name = self.engine.url.database
            self.file = Path(name) if self.lite and name and name != ":memory:" else None
            self.seen = self._identity()
            self.made = self.seen is not False and bool(inspect(self.engine).get_table_names())

    def _identity(self):
        """Which file it is; False where there is none, None where the database is not a file."""
        if self.file is None:
            return None
        try:
            about = self.file.stat()
        except OSError:
            return False
        return about.st_dev, about.st_ino

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, api.InvalidEntry, ModuleNotFoundError) as error:
            self._still_there()
            raise GradebookError(sentence(error, self.url)) from error

    def _still_there(self):
        """SQLite would go on writing into a file that was deleted or moved away, and nobody would see it."""
        if getattr(self, "seen", None) and self._identity() != self.seen:
            raise GradebookError(
                f"{self.file.name} was moved, deleted or replaced while it was in use: put it back, or start again, and a new "
                "one is made."
            )

    def make(self) -> None:
        """nbgrader's tables where there are none: all in one transaction, so that nobody finds half of them."""
        if self.made:
            return
        with self._told():
            version = api.get_alembic_version()
            with self.engine.begin() as connection:
                if self.lite:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                if not inspect(connection).get_table_names():  # else another program was faster
                    api.Base.metadata.create_all(connection)
                    connection.execute(
                        text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
                    )
                    connection.execute(
                        text("INSERT INTO alembic_version VALUES (:version)"), {"version": version}
                    )
            self.seen, self.made = self._identity(), True

    def _open(self):
        self._still_there()
        if not self.made:
            raise NoGradebook(
                "The lab is not in the gradebook, for there is none yet: `autograder grade` makes it."
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with."""
        self._open()
        with self._told(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, committed at its end; in SQLite it holds the write lock from the start, so that what it read
        is still so when it writes."""
        self._open()
        with self._told(), self.engine.begin() as connection:
            if self.lite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def _write_through(connection, _):
    connection.execute("PRAGMA synchronous=FULL")


def _wait_no_longer_than(patience):
    """A PostgreSQL connection that gives up waiting for a lock."""

    def tell(connection, _):
        before, connection.autocommit = connection.autocommit, True
        connection.execute(f"SET lock_timeout = {int(patience * 1000)}")
        connection.autocommit = before

    return tell
