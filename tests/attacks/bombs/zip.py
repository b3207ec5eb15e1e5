"""Hands in an archive of some kilobytes that unpacks to a gigabyte, for a grader that unpacks what it is given."""

import io
import zipfile

from tests.attacks import Attack


def bomb(levels=2, size=64 * 2**20):
    """An archive of archives of zeros."""
    data, name = bytes(size), "zeros"
    for _ in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(4):
                archive.writestr(f"{name}{number}", data)
        data, name = out.getvalue(), "a.zip"
    return data


attack = Attack(
    files={"data.zip": bomb(levels=1, size=2**24), "$LAB.zip": bomb(levels=2, size=2**22)},
    gains="trouble",
    works="nowhere",
    why="neither nbgrader's autograde nor ours unpacks anything",
)
