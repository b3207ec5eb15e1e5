"""Forges the time at which it was handed in, with a link, with words, with a year that does not exist."""

from tests.attacks import Attack


def folder(place, world, lab):
    (place / "timestamp.txt").symlink_to(world.course / "gradebook.db")


attack = Attack(folder=folder, gains="text", cell="print(open('timestamp.txt').read())")
