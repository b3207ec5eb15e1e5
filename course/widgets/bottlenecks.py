"""Adapters in the parts of a model: those that are there, and how many numbers those have that a regime would add.

An adapter (Houlsby et al. 2019; for T5, Raffel et al. 2020, section 3.5.1) is a bottleneck behind the dense layers of a block: down from
the block's width to a small size, and up again, with biases. It is known by the name of its class, `Adapter`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

SIZES = tuple(2**k for k in range(10))  # 1 to 512


def is_adapter(module: "nn.Module") -> bool:
    return type(module).__name__ == "Adapter"


def norms_and_adapters(model: "nn.Module") -> tuple[set[int], set[int]]:
    """The ids of the parameters of the norms, and of those of the adapters, a norm inside one among them."""
    modules = list(model.modules())
    adapters = {id(one) for module in modules if is_adapter(module) for one in module.parameters()}
    norms = {
        id(one)
        for module in modules
        if "norm" in type(module).__name__.lower()  # each library has norms of its own
        for one in module.parameters(recurse=False)
        if one.dim() <= 1
    }
    return norms - adapters, adapters


def width_of(block: "list[nn.Module]") -> int:
    """The width of what comes out of a block, given as its modules: that of its last norm, without one that of its last dense layer; 0 where it has neither."""
    from torch import nn

    norms = [
        one.numel()
        for module in block
        if "norm" in type(module).__name__.lower()
        for one in module.parameters(recurse=False)
        if one.dim() == 1
    ]
    dense = [module.out_features for module in block if isinstance(module, nn.Linear)]
    return next((found[-1] for found in (norms, dense) if found), 0)


def numbers_of(width: int, size: int) -> int:
    """Of one adapter: down and up, each with its bias; 0 where there is no width."""
    return 2 * width * size + size + width if width else 0
