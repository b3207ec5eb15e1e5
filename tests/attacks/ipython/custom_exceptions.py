"""Sets a handler for all exceptions that shows points in place of a traceback, and makes every check raise."""

from tests.attacks import Attack

attack = Attack(
    cell="""
from course.checks.lab import Lab
def check_cell(self, target):
    raise ValueError
Lab.check_cell = check_cell
shell = get_ipython()
def handler(shell, kind, error, trace, tb_offset=None):
    shell.displayhook(2.0)
shell.set_custom_exc((Exception,), handler)
""",
)
