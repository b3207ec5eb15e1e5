"""Visible checks of lab 02: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab02_elmo")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import readers, costs, mixes, senses  # noqa: E402, F401, I001
