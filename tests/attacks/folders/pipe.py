"""Hands in pipes and a socket: who opens one to read waits for ever. One stands where the notebook should be."""

import os
import socket

from tests.attacks import Attack


def folder(place, world, lab):
    notebook = place / f"{lab}.ipynb"
    notebook.unlink()
    os.mkfifo(notebook)
    os.mkfifo(place / "data.csv")
    with socket.socket(socket.AF_UNIX) as line:
        here = os.getcwd()
        os.chdir(place)
        line.bind("s")
        os.chdir(here)


attack = Attack(
    folder=folder, gains="trouble", unreadable=True, works="nowhere", why="a copy of such a folder never ends"
)
