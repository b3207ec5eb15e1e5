"""Visible checks of lab 06: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab06_fine_tuning")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import heads, frozen, inputs, labels, entities, rates, warmup, training, gap  # noqa: E402, F401, I001
