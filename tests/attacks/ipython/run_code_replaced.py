"""Replaces the shell's `run_code`, so that an error in a check cell is swallowed and the cell has no value at all: full marks in nbgrader."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
async def nothing(*rest, **named):
    return False
shell.run_code = nothing
""",
)
