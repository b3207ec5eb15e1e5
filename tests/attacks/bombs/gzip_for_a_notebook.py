"""Hands in a compressed file under the notebook's name, that would unpack to a hundred megabytes."""

import gzip

from tests.attacks import Attack

attack = Attack(
    raw=lambda notebook: gzip.compress(bytes(100 * 2**20), 9),
    gains="trouble",
    unreadable=True,
    works="nowhere",
    why="nobody unpacks it",
)
