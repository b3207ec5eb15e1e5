"""Hands in a folder under the notebook's name, with a notebook in it."""

from tests.attacks import Attack


def folder(place, world, lab):
    notebook = place / f"{lab}.ipynb"
    text = notebook.read_text()
    notebook.unlink()
    notebook.mkdir()
    (notebook / notebook.name).write_text(text)


attack = Attack(
    folder=folder,
    gains="trouble",
    unreadable=True,
    works="nowhere",
    why="there is nothing to gain; it must get its verdict",
)
