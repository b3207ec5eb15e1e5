"""Hidden checks of lab 07; each module names its oracles."""

from autograder.secret import class_secret
from course.checks import lab07_bert_family as visible

lab = visible.lab.extend(secret=class_secret)
check = lab.check_cell

# Each declares its checks on `lab`, in the notebook's order.
from . import masking, packing, electra  # noqa: E402, F401, I001
from . import sharing, factors, teaching, students  # noqa: E402, F401
from . import pruning, heads, table  # noqa: E402, F401
