"""Replaces the method of the display formatter that makes every output."""

from tests.attacks import Attack

attack = Attack(
    cell="get_ipython().display_formatter.format = lambda thing, include=None, exclude=None: ({'text/plain': '2'}, {})"
)
