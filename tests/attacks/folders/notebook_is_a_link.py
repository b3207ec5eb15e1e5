"""Hands in a link in place of the notebook: to another student's, which is right."""

from tests.attacks import Attack


def folder(place, world, lab):
    notebook = place / f"{lab}.ipynb"
    notebook.unlink()
    notebook.symlink_to(f"../../bo/{lab}/{lab}.ipynb")


attack = Attack(folder=folder, unreadable=True)
