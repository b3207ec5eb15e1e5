"""Hands in five thousand files, and a folder three hundred deep."""

import os

from tests.attacks import Attack


def folder(place, world, lab):
    for number in range(5000):
        (place / f"f{number}").touch()
    here = os.open(place, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("deep", dir_fd=here)
        below = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


attack = Attack(
    folder=folder, gains="trouble", works="nowhere", why="there is nothing to gain; it must be graded as ever"
)
