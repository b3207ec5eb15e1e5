"""Visible checks of lab 10: hand-sized examples, and what must hold without knowing the answer."""

from .. import Lab

lab = Lab("lab10_question_answering")
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import files, places, windows, heads, best, nothing  # noqa: E402, F401, I001
from . import scores, asked, training  # noqa: E402, F401
