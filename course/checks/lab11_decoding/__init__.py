"""Visible checks of lab 11: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab11_decoding")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import pieces, writing, scores, beams, cuts, drawing, caches, races  # noqa: E402, F401, I001
