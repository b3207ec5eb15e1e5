"""Hidden checks of lab 02; each module names its oracles."""

from autograder.secret import class_secret
from course.checks import lab02_elmo as visible

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import readers, costs, mixes, senses  # noqa: E402, F401, I001
