"""Hands in `conftest.py`, `nbgrader_config.py`, `pyproject.toml` and `setup.cfg`, for a grader that runs its tools in the folder."""

from tests.attacks import Attack

CODE = "open('$COURSE/gradebook.db', 'w').write('mine')\n"
attack = Attack(
    gains="reach",
    files={
        "conftest.py": CODE,
        "nbgrader_config.py": CODE,
        "jupyter_config.py": CODE,
        "ipython_config.py": CODE,
        "setup.cfg": "[tool:pytest]\naddopts = -p evil\n",
        "evil.py": CODE,
    },
    works="nowhere",
    why="neither nbgrader nor ours runs a tool that looks for its configuration in a submission's folder",
)
