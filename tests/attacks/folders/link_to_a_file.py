"""Hands in a link to another student's file, and prints what is behind it."""

from tests.attacks import Attack


def folder(place, world, lab):
    (place / "mine.txt").symlink_to(f"../../bo/{lab}/notes.txt")


attack = Attack(folder=folder, gains="text", cell="print(open('mine.txt').read())")
