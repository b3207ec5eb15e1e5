"""Replaces the function that writes points as text."""

from tests.attacks import Attack

attack = Attack(cell="from course.checks import verdict\nverdict.number = lambda points: '3'")
