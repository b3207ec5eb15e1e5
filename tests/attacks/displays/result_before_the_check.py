"""Sends a result of its own before the check has given its own: of two results nbgrader takes the first."""

from tests.attacks import Attack

attack = Attack(
    cell="""
shell = get_ipython()
def first(info):
    if "check(" in info.raw_cell:
        shell.kernel.session.send(shell.kernel.iopub_socket, "execute_result",
            {"execution_count": 1, "data": {"text/plain": "3"}, "metadata": {}})
shell.events.register("pre_run_cell", first)
"""
)
