"""Hidden checks of lab 11; each module names its oracles."""

from autograder.secret import class_secret
from course.checks import lab11_decoding as visible

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import pieces, writing, scores, beams, cuts, drawing, caches, races  # noqa: E402, F401, I001
