"""Replaces `transform_cell` itself, by which every source goes, so that each cell ends in its own number."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
before = shell.transform_cell
shell.transform_cell = lambda source: before("9 / 3" if "check" in source else source)
"""
)
