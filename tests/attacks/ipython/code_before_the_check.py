"""Replaces the shell's `run_code`: the line that imports hidden checks is run, and then `check` is bound to something else."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
before = shell.run_code
async def run_code(code, *rest, **named):
    out = await before(code, *rest, **named)
    shell.user_ns["check"] = lambda target: 3
    return out
shell.run_code = run_code
""",
)
