"""Hands in files and folders that nobody may read."""

from tests.attacks import Attack


def folder(place, world, lab):
    (place / "locked").mkdir()
    (place / "locked" / "x").touch()
    (place / "data.csv").touch()
    (place / "data.csv").chmod(0)
    (place / "locked").chmod(0)


attack = Attack(
    folder=folder, gains="trouble", works="nowhere", why="there is nothing to gain; it must be graded as ever"
)
