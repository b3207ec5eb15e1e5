import importlib

import pytest

import course  # noqa: F401 (before torch: it sets how torch's threads wait)
from tests.forkserver import ForkServer


@pytest.fixture(scope="session")
def fork_server():
    """Children with torch imported, one for each answer to be checked across a process."""
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture(scope="session", autouse=True)
def class_secret(tmp_path_factory):
    """A course directory for the tests' hidden checks, so that none is made in the repository."""
    patch = pytest.MonkeyPatch()
    patch.setenv("AUTOGRADER_COURSE", str(tmp_path_factory.mktemp("class")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def hidden_lab():
    """name -> the hidden checks of a lab."""
    return lambda name: importlib.import_module(f"autograder.checks.{name}").lab


@pytest.fixture(scope="session")
def judge():
    """One judge with its walls for all tests, as one worker of a grading run has it."""
    from autograder.judge import Judge

    with Judge() as judge:
        yield judge
