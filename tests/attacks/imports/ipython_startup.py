"""Hands in an IPython profile with a startup file, and a kernel of its own."""

from tests.attacks import Attack

attack = Attack(
    files={
        ".ipython/profile_default/startup/00.py": "check = lambda target: 3\n",
        "profile_default/startup/00.py": "check = lambda target: 3\n",
        "ipython/profile_default/startup/00.py": "check = lambda target: 3\n",
        ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "display_name": "x", "language": "python"}',
    },
    works="nowhere",
    why="a kernel takes its profile from the home of whoever grades, not from the notebook's folder",
)
