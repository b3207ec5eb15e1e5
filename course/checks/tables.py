"""A table that a student's function returns: a list of dicts, one for each of some named things, with values of known types."""

import torch

from .require import require, require_number
from .sentences import describe


def table_of(result, names, keys, things):
    """The rows, one dict for each name in their order, each value of its type.

    result: a list or tuple; names: what stands under the first of the keys; keys: dict of a key -> str, int or float; things: what the names
    are of, in the plural: the name of the argument in which they came.
    """
    asked, own = ", ".join(f'"{key}"' for key in keys), next(iter(keys))
    for row in result:
        require(isinstance(row, dict), "Each row is a dict; yours is {got}.", got=describe(row))
        gone = next((key for key in keys if key not in row), None)
        require(gone is None, 'A row has no "{key}"; each has {asked}.', key=gone, asked=asked)
    require(
        len(result) == len(names),
        "{n} {things}, and you return {m}. One row for each: does `return` stand inside the loop?",
        n=len(names), m=len(result), things=things,
    )  # fmt: skip
    found = [row[own] for row in result]
    require(
        found == names,
        'Under "{own}" stand the {things}\' names, in the order of `{things}`; yours are others, or in another order.',
        own=own, things=things,
    )  # fmt: skip
    for name, row in zip(names, result, strict=True):
        for key, kind in keys.items():
            value = row[key]
            tensor = isinstance(value, torch.Tensor)
            good = isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)
            require(
                good,
                '"{name}": under "{key}" stands {got}; it is {kind}.{hint}',
                name=name, key=key, got=describe(value), kind={int: "a whole number, an int", float: "a number, a float", str: "a str"}[kind],
                hint=" `.item()` makes one of it." if tensor else " Is there a division, or a mean, where a sum is meant?" if isinstance(value, float) else "",
            )  # fmt: skip
            if kind is float:
                require_number(value, f'What stands under "{key}"')
    return result
