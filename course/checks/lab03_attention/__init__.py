"""Visible checks of lab 03: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab03_attention")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import attention, masks, reach, blocks, sizes  # noqa: E402, F401, I001
