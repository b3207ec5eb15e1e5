"""Hands in a link in place of the folder: to another student's."""

import shutil

from tests.attacks import Attack


def folder(place, world, lab):
    shutil.rmtree(place)
    place.symlink_to(f"../bo/{lab}")


attack = Attack(folder=folder, unreadable=True)
