"""Registers a hook before every cell that shows a result of its own where a check is about to be run."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
def before(info):
    if "check(" in info.raw_cell:
        shell.displayhook(3.0)
shell.events.register("pre_run_cell", before)
""",
)
