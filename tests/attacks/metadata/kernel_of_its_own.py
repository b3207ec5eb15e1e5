"""Names a kernel of its own, whose program is beside the notebook, and another language."""

from tests.attacks import Attack


def edit(notebook):
    notebook.metadata["kernelspec"] = {
        "name": "mine",
        "display_name": "mine",
        "language": "bash",
        "argv": ["./kernel.sh"],
    }
    notebook.metadata["language_info"] = {"name": "bash", "file_extension": ".sh"}


attack = Attack(
    edit=edit,
    gains="reach",
    files={
        "kernel.sh": "#!/bin/sh\necho mine > $COURSE/gradebook.db\n",
        "kernels/mine/kernel.json": '{"argv": ["./kernel.sh"], "display_name": "mine", "language": "bash"}',
    },
    works="nowhere",
    why="nbgrader puts the release's kernel back",
)
