"""Visible checks of lab 05: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab05_bert")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import rows, hiding, pairs, models, costs, training  # noqa: E402, F401, I001
