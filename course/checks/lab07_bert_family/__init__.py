"""Visible checks of lab 07: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab07_bert_family")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import masking, packing, electra  # noqa: E402, F401, I001
from . import sharing, factors, teaching, students  # noqa: E402, F401
from . import pruning, heads, table  # noqa: E402, F401
