"""Hands in a file of a terabyte that takes no room, and one larger than anybody needs."""

import os

from tests.attacks import Attack


def folder(place, world, lab):
    for name, size in (("sparse.bin", 2**40), ("large.bin", 300 * 2**20)):
        with open(place / name, "wb") as file:
            os.truncate(file.fileno(), size)


attack = Attack(folder=folder, gains="trouble", works="nowhere", why="a copy of such a folder fills the disk")
