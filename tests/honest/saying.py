"""What is said while the code runs: warnings, prints, logs."""

from tests.honest.tools import below_imports, harmless, in_answers, on_top


@harmless(shows="careful at the top")
def warnings_everywhere(notebook):
    """Warnings of several kinds, at the top and in each function."""
    on_top(notebook, 'import warnings\nwarnings.warn("careful at the top")')
    in_answers(
        notebook,
        'warnings.warn("careful in here")\nwarnings.warn("old", DeprecationWarning)\nwarnings.warn("odd", RuntimeWarning)',
    )


@harmless()
def warnings_made_errors(notebook):
    """Warnings are made errors, as careful people do."""
    below_imports(notebook, 'import warnings\nwarnings.filterwarnings("error")')


@harmless(shows="on stderr")
def prints_on_stderr(notebook):
    """Prints to stderr, at the top and in each function."""
    on_top(notebook, 'import sys\nprint("on stderr", file=sys.stderr)')
    in_answers(notebook, 'print("on stderr again", file=sys.stderr)')


@harmless(shows="shown before the answers")
def prints_in_functions(notebook):
    """Prints left in each function, a bare number last, as a score might look."""
    on_top(notebook, 'print("shown before the answers")')
    in_answers(notebook, 'print("shapes and so on", flush=True)\nprint(0)')


@harmless(shows="ten thousand lines: 77")
def prints_ten_thousand_lines(notebook):
    """Ten thousand printed lines."""
    on_top(notebook, 'for i in range(10_000):\n    print("ten thousand lines:", i)')


@harmless(shows="long " * 50)
def prints_one_long_line(notebook):
    """One line of five million characters, in a cell and in each function."""
    on_top(notebook, 'print("long " * 1_000_000)')
    in_answers(notebook, 'print("long " * 100_000)')


@harmless(shows="a critical line")
def logs_at_all_levels(notebook):
    """Logging set up at its most talkative, and used at all levels."""
    on_top(
        notebook,
        'import logging\nlogging.basicConfig(level=logging.DEBUG, force=True)\nlog = logging.getLogger("mine")\nlog.critical("a critical line")',
    )
    in_answers(notebook, 'log.debug("a"), log.info("b"), log.warning("c"), log.error("d"), log.critical("e")')


@harmless()
def logs_to_handlers_of_their_own(notebook):
    """The root logger gets new handlers: a file, and the stream of this moment."""
    on_top(
        notebook,
        'import logging, sys\nroot = logging.getLogger()\nroot.handlers.clear()\nroot.addHandler(logging.FileHandler("run.log"))\n'
        "root.addHandler(logging.StreamHandler(sys.stdout))\nroot.setLevel(logging.DEBUG)",
    )
    in_answers(notebook, 'logging.info("in a function")')


@harmless(shows="back again")
def replaces_stdout_and_puts_it_back(notebook):
    """sys.stdout is replaced and put back, by hand in a cell and by contextlib in the functions."""
    on_top(
        notebook,
        'import contextlib, io, sys\nkept, sys.stdout = sys.stdout, io.StringIO()\nprint("unseen")\nsys.stdout = kept\nprint("back again")',
    )
    in_answers(notebook, 'with contextlib.redirect_stdout(io.StringIO()):\n    print("unseen")')


@harmless(shows="written")
def writes_to_the_streams_themselves(notebook):
    """Writes to sys.stdout, its descriptor and the stream Python began with."""
    on_top(
        notebook,
        'import os, sys\nsys.stdout.write("written\\n")\nsys.stdout.flush()\nos.write(1, b"low\\n")\nsys.__stdout__.write("older\\n")\nsys.stdout.isatty(), sys.stdout.encoding',
    )
