"""Hidden checks of lab 06; each module names its oracles."""

from autograder.secret import class_secret
from course.checks import lab06_fine_tuning as visible

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import heads, inputs, entities, rates, warmup, training, gap  # noqa: E402, F401, I001
