"""Hidden checks of lab 09; each module names its oracles."""

from autograder.secret import class_secret
from course.checks import lab09_text_to_text as visible

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import texts, correlations, mixing, sampler  # noqa: E402, F401, I001
from . import adapters, insertion, unfreezing, ways  # noqa: E402, F401
