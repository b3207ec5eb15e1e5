"""Visible checks of lab 09: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab09_text_to_text")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import texts, correlations, mixing, sampler  # noqa: E402, F401, I001
from . import adapters, insertion, unfreezing, ways  # noqa: E402, F401
