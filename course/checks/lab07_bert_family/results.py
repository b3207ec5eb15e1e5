"""What several exercises of this lab return: two tensors that tell of each token."""

import torch

from .. import require, require_shape
from ..sentences import describe


def two_tensors(result, first, second):
    """The two tensors of a result; says so when it is something else. first, second: what they are."""
    good = isinstance(result, (tuple, list)) and len(result) == 2
    odd = [each for each in result if not isinstance(each, torch.Tensor)] if good else []
    require(
        good and not odd,
        "Return two tensors: {first}, and {second}; yours is {what}{of}.",
        first=first,
        second=second,
        what=describe(result),
        of=f", and in it {describe(odd[0])}" if odd else "",
    )
    return tuple(result)


def require_ids(value, shape, name):
    """Require a tensor of ids, long, of a shape. name: what it is, as the beginning of a sentence."""
    require_shape(value, shape, name)
    require(
        value.dtype == torch.long,
        "{name} holds ids, whole numbers of type long; yours are {dtype}.",
        name=name,
        dtype=str(value.dtype).removeprefix("torch."),
    )
