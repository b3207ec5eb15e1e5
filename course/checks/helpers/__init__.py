"""What a check passes where a student's function expects a function or a model: built by name at the far end.

@helper
def table_model(table): ...                     # here, importable on both sides

student(helper_for("table_model", table=t))      # in a check: only the name and plain arguments cross
"""

from ..wire import Helper, WireError

_HELPERS = {}


def helper(build):
    """Register a builder under its own name. It takes plain data and returns any object."""
    _HELPERS[build.__name__] = build
    return build


def helper_for(name, **arguments) -> Helper:
    """What to hand to `student` so that it receives the object which the helper `name` builds."""
    if name not in _HELPERS:
        raise KeyError(f"no helper named {name!r}; there are {', '.join(sorted(_HELPERS))}")
    return Helper(name, arguments)


def build(marker: Helper):
    """The object that a `Helper` stands for. Errors: `WireError` for an unknown name."""
    try:
        return _HELPERS[marker.name](**marker.arguments)
    except KeyError:
        raise WireError(f"no helper named {marker.name!r}") from None


# Each registers its builders.
from . import (  # noqa: E402, F401  # noqa: E402, F401
    draws,
    gates,
    language,
    layers,
    models,
    scorers,
    stacks,
    steps,
    t5s,
    teachers,
    timed,
    trials,
    ways,
)
