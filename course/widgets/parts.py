"""The parts of a network from the input up: their names, tensors, levels and modes, read from a live model.

    parts = parts_of(model)                   # of a BERT with a head: embeddings, block 1 … block n, pooler, classifier
    [(part.name, part.count) for part in parts]

Nothing of the model is changed. A part is a child of the model; a child that holds a `ModuleList` is taken apart instead, and each
item of the list is a part, a block. So no family of models needs to be known by name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course.widgets.bottlenecks import is_adapter, norms_and_adapters, width_of
from course.widgets.flow import drawable, shortened
from course.widgets.stacks import mark_table, name_stacks, open_stacks

if TYPE_CHECKING:
    import torch
    from torch import nn

MAX_PARTS = 80
_LONGEST = 100  # letters of a name


@dataclass
class Tensor:
    """One parameter. name: the first of its names in the model. shared: it was counted in the part of this name before. also: other names.

    norm, adapter: it belongs to a norm, to an adapter.
    """

    name: str
    parameter: "torch.Tensor"
    shared: str = ""
    also: list[str] = field(default_factory=list)
    norm: bool = False
    adapter: bool = False

    @property
    def is_bias(self) -> bool:
        last = self.name.rsplit(".", 1)[-1]
        return last == "bias" or last.startswith("bias_") or last.endswith("_bias")


@dataclass
class Part:
    """One row. path: its name in the model. role: "block", "head", "table" (see `stacks.py`) or "".

    level: 0 at the top, one more for each step toward the input. opens: the epoch of gradual unfreezing from which on it learns, from 1.
    side: the stack that a block of an encoder-decoder stands in, "encoder" or "decoder".
    """

    name: str
    path: str
    kind: str
    role: str
    modules: list["nn.Module"]
    tensors: list[Tensor]
    level: int = 0
    opens: int = 1
    side: str = ""

    @property
    def own(self) -> list[Tensor]:
        """Its tensors without those that another part has counted."""
        return [tensor for tensor in self.tensors if not tensor.shared]

    @property
    def count(self) -> int:
        return sum(tensor.parameter.numel() for tensor in self.own)

    @property
    def adapters(self) -> int:
        """How many there are in it."""
        return sum(is_adapter(module) for module in self.modules)

    @property
    def is_adapter(self) -> bool:
        """Whether it is nothing else."""
        return all(tensor.adapter for tensor in self.tensors)

    @property
    def width(self) -> int:
        """Of what comes out of a block; 0 for what is none."""
        return width_of(self.modules) if self.role == "block" else 0

    @property
    def mode(self) -> str:
        """ "dropout on" or "dropout off"; "train" or "eval" where it has no dropout, or one of probability 0."""
        dropouts = [module.training for module in self.modules if _drops(module)]
        if dropouts:
            return "dropout on" if any(dropouts) else "dropout off"
        return "train" if any(module.training for module in self.modules) else "eval"


def parts_of(model: "nn.Module", head: str | Sequence[str] | None = None) -> list[Part]:
    """The parts of `model` that have parameters, from the input up, the head last.

    Their order is the one in which the model registers them. head: the names of the parts that are the head. Without it: what stands outside
    the pretrained model of `transformers`, wherever it is registered; in a model that holds none, the last part if it is no block. A parameter that
    stands in several places counts in the first; a part all of whose parameters were counted before is no row.
    Levels: the head 0; the highest block 1, with all that stands between it and the head; the next block 2; what stands below
    the lowest block has one level of its own. Without blocks every part is a level. Without a head the highest level is 0.
    In an encoder-decoder these levels go down the decoder first; in gradual unfreezing both stacks open side by side (`stacks.py`).
    A module of a class named Adapter is no block and no head, wherever it stands.

    Raises ValueError for what is no module, has no parameters or too many parts, and for a head that is not there.
    """
    from torch import nn

    if not isinstance(model, nn.Module):
        given = (
            f"the class {model.__name__}, not a model made of it"
            if isinstance(model, type)
            else f"a {type(model).__name__}"
        )
        raise ValueError(f"The view takes a model, that is a torch.nn.Module; you gave {given}.")
    if any(nn.parameter.is_lazy(parameter) for parameter in model.parameters()):
        raise ValueError(
            "Some parameters of this model have no shape yet: call it once on a batch, then look at it."
        )
    norms, adapters = norms_and_adapters(model)
    found, loose = [], []
    for path, module, is_block, is_own in _walk(model, ""):
        named = list(module.named_parameters(path, recurse=not is_own, remove_duplicate=False))
        modules = [module] if is_own else list(module.modules())
        if not named:  # such as a dropout between two parts: it belongs to the one that comes after it
            loose += modules
            continue
        tensors = [
            Tensor(name, one, norm=id(one) in norms, adapter=id(one) in adapters) for name, one in named
        ]
        role = "block" if is_block else ""
        kind = type(module).__name__
        found.append(Part(path or kind, path, kind, role, [*loose, *modules], tensors))
        loose = []
    if not found:
        raise ValueError("This model has no parameters: there is nothing in it that could learn.")
    found[-1].modules += loose
    _mark_head(model, found, head)
    found.sort(key=lambda part: part.role == "head")  # stable: the rest stays in its order
    found = _counted_once(found)
    mark_table(model, found)
    if len(found) > MAX_PARTS:
        raise ValueError(
            f"The view has room for {MAX_PARTS} parts; this model has {len(found)}. Give it one of its modules."
        )
    _name(found)
    name_stacks(found)
    _level(found)
    open_stacks(found)
    return found


def _walk(module: "nn.Module", path: str) -> Iterator[tuple[str, "nn.Module", bool, bool]]:
    """(path, module, is it a block?, are only its own parameters meant?) of what may be a part, as the model registers it."""
    from torch import nn

    if next(module.parameters(recurse=False), None) is not None:
        yield path, module, False, True
    for name, child in module._modules.items():  # named_children() gives a module that stands twice only once
        below = f"{path}.{name}" if path else name
        if child is None:
            continue
        if isinstance(module, nn.ModuleList) or not _holds_blocks(child):
            yield below, child, isinstance(module, nn.ModuleList) and not is_adapter(child), False
        else:
            yield from _walk(child, below)


def _holds_blocks(module: "nn.Module") -> bool:
    from torch import nn

    lists = (one for one in module.modules() if isinstance(one, nn.ModuleList))
    return any(next(one.parameters(), None) is not None for one in lists)


def _drops(module: "nn.Module") -> bool:
    """Whether it drops something in training: a dropout layer, or a layer that has a probability for a dropout of its own."""
    from torch import nn

    if isinstance(module, nn.modules.dropout._DropoutNd):
        return module.p > 0
    return any(
        "dropout" in name and isinstance(value, float) and value > 0 for name, value in vars(module).items()
    )


def _inside(path: str, outer: str) -> bool:
    return outer in ("", path) or path.startswith(f"{outer}.")


def _mark_head(model: "nn.Module", parts: list[Part], head: str | Sequence[str] | None) -> None:
    if head is not None:
        names = [head] if isinstance(head, str) else head
        if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"The head is the name of a part, or a list of names; you gave {head!r}.")
        for name in names:
            if not any(_inside(part.path, name) for part in parts) or not name:
                there = ", ".join(part.path for part in parts[-8:])
                raise ValueError(
                    f"There is no part {name!r} that could be the head; the highest parts are {there}."
                )
        heads = [any(_inside(part.path, name) for name in names) for part in parts]
    else:
        pretrained = _pretrained(model)
        top = parts[-1] if parts[-1].role != "block" else None
        heads = [
            (part is top if pretrained is None else not _inside(part.path, pretrained))
            and not part.is_adapter
            for part in parts
        ]
        if pretrained is not None and not any(heads):  # a body that has an output matrix among its own parts
            output = _output_of(model.get_submodule(pretrained))
            heads = [output is not None and output is part.modules[-1] for part in parts]
    for part, is_head in zip(parts, heads, strict=True):
        part.role = "head" if is_head else part.role


def _pretrained(model: "nn.Module") -> str | None:
    """The path of the body of the outermost model of transformers in it, None where there is none."""
    for path, module in model.named_modules():
        prefix = getattr(module, "base_model_prefix", None)
        if isinstance(prefix, str):
            return ".".join(filter(None, (path, prefix if prefix in module._modules else "")))
    return None


def _output_of(module: "nn.Module") -> "nn.Module | None":
    """The output matrix over the words, of a model of transformers that has one."""
    find = getattr(module, "get_output_embeddings", None)
    return find() if find is not None else None


def _counted_once(parts: list[Part]) -> list[Part]:
    """Mark what stands in several places; leave out parts of which nothing is left."""
    first: dict[int, tuple[Part, Tensor]] = {}
    for part in parts:
        kept = []
        for tensor in part.tensors:
            owner, known = first.setdefault(id(tensor.parameter), (part, tensor))
            if known is not tensor:
                known.also.append(tensor.name)
                tensor.shared = owner.path or owner.name
            if known is tensor or owner is not part:
                kept.append(tensor)
        part.tensors = kept
    return [part for part in parts if part.own]


def _name(parts: list[Part]) -> None:
    """Short names, each once: "block 1" for the first item of a list, the last word of the path for the rest."""
    stacks = {part.path.rpartition(".")[0] for part in parts if part.role == "block"}
    for part in parts:
        *above, last = part.path.split(".")
        if part.role == "block":
            of = f"{above[-2] if len(above) > 1 else above[-1]} " if len(stacks) > 1 else ""
            part.name = f"{of}block {int(last) + 1}"
        elif last and not last.isdigit():
            part.name = last
    for words in (2, None):  # where that is not enough, the last two words, or all of them
        names = [part.name for part in parts]
        for part in parts:
            if names.count(part.name) > 1:
                part.name = ".".join(part.path.split(".")[-words:] if words else [part.path])
    for part in parts:
        part.name = _readable(part.name)


def _readable(text: str) -> str:
    """A name as it can stand in a picture: a module may be called anything."""
    return drawable([shortened(text, _LONGEST) if text.strip() else repr(text)])[0]


def _level(parts: list[Part]) -> None:
    has_blocks = any(part.role == "block" for part in parts)
    level = 1 if any(part.role == "head" for part in parts) else 0
    for part in reversed(parts):
        if part.role == "head":
            continue
        part.level, part.opens = level, level + 1
        level += part.role == "block" or not has_blocks
