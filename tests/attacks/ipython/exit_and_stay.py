"""Asks the kernel to stop before the checks: cells that never ran have no error, and so full marks for a naive reader."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
shell.ask_exit()
shell.run_cell_async = None
async def run_cell_async(source, *rest, **named):
    from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult
    return ExecutionResult(ExecutionInfo(source, True, True, True, None))
shell.run_cell_async = run_cell_async
""",
)
