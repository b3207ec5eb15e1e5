"""Replaces the shell's `run_cell`: a cell with a check in it is never run, a number is shown in its place."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
before = shell.run_cell
def run_cell(source, *rest, **named):
    return before("3.0" if "check(" in source else source, *rest, **named)
shell.run_cell = run_cell
""",
)
