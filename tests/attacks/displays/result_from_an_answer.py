"""Sends a result of its own from inside the function that is checked."""

from tests.attacks import Attack

attack = Attack(
    answer="""
def $NAME(*args, **kwargs):
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, "execute_result",
        {"execution_count": 1, "data": {"text/plain": "3"}, "metadata": {}})
"""
)
