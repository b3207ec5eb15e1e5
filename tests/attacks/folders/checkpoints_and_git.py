"""Hands in what tools keep beside a notebook, with programs in it: git hooks and configuration, checkpoints, caches."""

from tests.attacks import Attack

CODE = "#!/bin/sh\necho mine > $COURSE/gradebook.db\n"
attack = Attack(
    files={
        ".git/config": "[core]\n\tfsmonitor = sh -c 'echo mine > $COURSE/gradebook.db'\n\thooksPath = hooks\n",
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/hooks/post-checkout": CODE,
        ".ipynb_checkpoints/$LAB-checkpoint.ipynb": "{}",
        "__pycache__/torch.cpython-311.pyc": b"\x00" * 100,
        "Makefile": "all:\n\techo mine > $COURSE/gradebook.db\n",
    },
    gains="reach",
    works="nowhere",
    why="neither nbgrader nor ours runs a tool that looks for them",
)
