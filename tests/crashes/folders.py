"""Submissions that are trouble on disk: what stands where a folder or a notebook should be."""

import os
import socket

import nbformat

from tests.crashes.tools import FULL, LAB, lies_in
from tests.submissions import solved

NOTEBOOK = f"{LAB}.ipynb"


def hand_in(folder):
    """The solved lab in a submission's folder; returns that folder."""
    (folder / LAB).mkdir()
    (folder / LAB / NOTEBOOK).write_text(nbformat.writes(solved(LAB)), encoding="utf-8")
    return folder / LAB


@lies_in("missing")
def no_folder(folder):
    """No folder for this lab."""


@lies_in("missing")
def empty_folder(folder):
    """An empty folder."""
    (folder / LAB).mkdir()


@lies_in("missing", noted="which was not graded")
def another_name_on_disk(folder):
    """A notebook under another name, which the note tells."""
    here = hand_in(folder)
    (here / NOTEBOOK).rename(here / "lab00_start (1).ipynb")


@lies_in("missing")
def one_folder_too_deep(folder):
    """The notebook lies one folder deeper than it should."""
    here = hand_in(folder)
    (here / "lab").mkdir()
    (here / NOTEBOOK).rename(here / "lab" / NOTEBOOK)


@lies_in()
def file_for_a_folder(folder):
    """A file where the submission's folder should be."""
    (folder / LAB).write_text("{}")


@lies_in()
def link_for_a_folder(folder):
    """A link where the submission's folder should be."""
    hand_in(folder).rename(folder / "elsewhere")
    (folder / LAB).symlink_to(folder / "elsewhere")


@lies_in()
def folder_for_a_notebook(folder):
    """A folder where the notebook should be."""
    (folder / LAB / NOTEBOOK).mkdir(parents=True)


@lies_in()
def pipe_for_a_notebook(folder):
    """A named pipe where the notebook should be: whoever opens it waits for ever."""
    (folder / LAB).mkdir()
    os.mkfifo(folder / LAB / NOTEBOOK)


@lies_in()
def socket_for_a_notebook(folder):
    """A socket where the notebook should be."""
    (folder / LAB).mkdir()
    here = os.open(folder / LAB, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(f"/proc/self/fd/{here}/{NOTEBOOK}")  # a socket's path must be short
    finally:
        os.close(here)


@lies_in()
def link_for_a_notebook(folder):
    """A link to a notebook elsewhere."""
    here = hand_in(folder)
    (here / NOTEBOOK).rename(folder / "other.ipynb")
    (here / NOTEBOOK).symlink_to(folder / "other.ipynb")


@lies_in()
def link_to_itself(folder):
    """A link to itself."""
    (folder / LAB).mkdir()
    (folder / LAB / NOTEBOOK).symlink_to(NOTEBOOK)


@lies_in()
def link_to_a_device(folder):
    """A link to a device that never ends."""
    (folder / LAB).mkdir()
    (folder / LAB / NOTEBOOK).symlink_to("/dev/zero")


# whoever grades as root may read everything
@lies_in(*(("invalid", 0) if os.geteuid() else ("correct", FULL)))
def nobody_may_read_it(folder):
    """A notebook that nobody may read."""
    (hand_in(folder) / NOTEBOOK).chmod(0)


@lies_in()
def two_hundred_megabytes(folder):
    """A notebook of 200 MB, all of it outputs."""
    path = hand_in(folder) / NOTEBOOK
    path.write_bytes(
        path.read_bytes().replace(b'"outputs": []', b'"outputs": ["' + b"y" * 2 * 10**8 + b'"]', 1)
    )


@lies_in()
def ten_gigabytes_on_disk(folder):
    """A file of 10 GB, nearly all of it a hole."""
    os.truncate(hand_in(folder) / NOTEBOOK, 10 * 2**30)


@lies_in("correct", FULL, noted="Left out")
def trouble_beside_it(folder):
    """Links, pipes and a file of 10 GB beside the notebook."""
    here = hand_in(folder)
    (here / "link").symlink_to("/etc")
    (here / "passwd").symlink_to("/etc/passwd")
    (here / "gone").symlink_to("nowhere")
    (here / "loop").symlink_to(here)
    os.mkfifo(here / "pipe")
    (here / "big.bin").touch()
    os.truncate(here / "big.bin", 10 * 2**30)


@lies_in("correct", FULL, noted="Left out")
def names_beside_it(folder):
    """Names that are no text, too long, and with a line end in them."""
    here = hand_in(folder)
    for name in (b"\xff\xfe.py", b"a\nb.txt", b"x" * 250, "größe.txt".encode(), b"-rf", b" "):
        with open(os.path.join(os.fsencode(here), name), "wb") as file:
            file.write(b"x")


@lies_in("correct", FULL, noted="Only the first")
def thousands_beside_it(folder):
    """Three thousand files beside the notebook."""
    here = hand_in(folder)
    for number in range(3000):
        (here / f"{number}.txt").touch()


@lies_in("correct", FULL)
def deep_folders_beside_it(folder):
    """Folders a hundred deep beside the notebook."""
    (hand_in(folder) / "/".join("d" * 100)).mkdir(parents=True)
