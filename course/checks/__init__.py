"""Checks: the machinery that tells a student which mistake was made, and the visible checks, one module a lab.

How a check is written is told in `lab`; what it may say in `require`; what `student` can do in `student`. The parts
behind them: `probe` (the far end), `wire` (how values cross), `pipe` (to another process), `sentences` (what every lab
says alike), `verdict` (what a student sees), `written` (cells that wait for an answer), `helpers` (functions and models that a check passes in), `without` (library calls that an exercise
forbids), `limits`. What several labs ask alike: `chance` (bounds of draws), `encoders` (what became of one), `modules`, `seeds`, `tables`, `tries` (many calls, each with its story), `usual`.
"""

from .helpers import helper_for
from .lab import Lab
from .require import (
    first_true,
    gradients,
    part,
    require,
    require_close,
    require_dtype,
    require_graph,
    require_loss,
    require_number,
    require_shape,
    uneven,
)
from .student import Handle, StudentError, args
from .told import told
from .verdict import Verdict
from .written import when_written

__all__ = [
    "Handle",
    "Lab",
    "StudentError",
    "Verdict",
    "args",
    "first_true",
    "gradients",
    "helper_for",
    "part",
    "require",
    "require_close",
    "require_dtype",
    "require_graph",
    "require_loss",
    "require_number",
    "require_shape",
    "told",
    "uneven",
    "when_written",
]
