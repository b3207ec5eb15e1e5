"""Sends each request back as its own reply: what a check passed is what it gets."""

from tests.attacks import Attack

attack = Attack(
    cell="from course.checks.probe import Probe\nProbe.handle = lambda self, frame: frame",
    works="nowhere",
    why="a request is no reply, in process either",
)
