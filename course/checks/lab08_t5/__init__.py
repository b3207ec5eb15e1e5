"""Visible checks of lab 08: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab08_t5")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import spans, corruption, prefix, shift, buckets, bias, norms, attention, blocks, stacks, training  # noqa: E402, F401, I001
