"""Hands in a link to the folder of another student, and one to the course directory."""

from tests.attacks import Attack


def folder(place, world, lab):
    (place / "other").symlink_to("../../bo")
    (place / "class").symlink_to(world.course / "feedback")


attack = Attack(
    folder=folder,
    gains="text",
    cell="""
import os
for where, folders, names in os.walk(".", followlinks=True):
    for name in names:
        print(where, name, open(os.path.join(where, name), errors="replace").read())
""",
)
