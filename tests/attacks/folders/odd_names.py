"""Hands in files with names of line breaks, of bytes that are no text, of options, of code and of other encodings."""

import os

from tests.attacks import Attack


def folder(place, world, lab):
    names = (
        b"a\nb",
        b"\xff\xfe",
        b"-rf",
        b"--",
        b"$(id)",
        b"`id`",
        b"{0.__class__}",
        b"<b>x",
        b"a\tb\rc",
        b"..\\x",
        b" ",
        b"~",
        b"con",
        "é\u202ecod.py".encode(),
        b"x" * 250,
    )
    for name in names:
        with open(os.path.join(os.fsencode(place), name), "w") as file:
            file.write("x")


attack = Attack(
    folder=folder, gains="trouble", works="nowhere", why="there is nothing to gain; it must be graded as ever"
)
