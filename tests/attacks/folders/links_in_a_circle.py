"""Hands in links that lead to each other, to themselves and to their own folder."""

from tests.attacks import Attack


def folder(place, world, lab):
    (place / "a").symlink_to("b")
    (place / "b").symlink_to("a")
    (place / "c").symlink_to(".")
    (place / "d").symlink_to("..")


attack = Attack(
    folder=folder, gains="trouble", works="nowhere", why="a copy of such a folder only fails, or never ends"
)
