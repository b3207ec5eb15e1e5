"""Visible checks of lab 04: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab04_gpt")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import models, costs, leaks, writing, training  # noqa: E402, F401, I001
