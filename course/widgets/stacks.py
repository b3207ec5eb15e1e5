"""Encoder-decoders among the models of `parts.py`: two stacks side by side, and the table of words that both of them share.

Two lists of blocks of which one stands in a module named encoder and the other in one named decoder are taken for such a model. Their parts
stay in one column, the decoder above the encoder, as the gradient comes to the encoder through the decoder.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from course.widgets.parts import Part

TABLE = "table"  # the role of the shared table of words in a model that has no other output matrix


def stacks_of(parts: "list[Part]") -> "list[tuple[str, list[Part]]]":
    """(path, blocks from the input up) of the encoder and of the decoder; none where the model is no encoder-decoder."""
    found: dict[str, tuple[str, list[Part]]] = {}
    for part in parts:
        above = part.path.split(".")[:-1]
        side = next((at for at in reversed(range(len(above))) if above[at] in ("encoder", "decoder")), None)
        if part.role == "block" and side is not None:
            path = ".".join(above[: side + 1])
            found.setdefault(above[side], (path, []))[1].append(part)
    return [found["encoder"], found["decoder"]] if len(found) == 2 else []


def mark_table(model: "nn.Module", parts: "list[Part]") -> None:
    """Give the shared table its role, where an encoder-decoder has no head of its own."""
    from torch import nn

    if not stacks_of(parts) or any(part.role == "head" for part in parts):
        return
    tables = {id(one.weight) for one in model.modules() if isinstance(one, nn.Embedding)}
    tables &= {id(one.weight) for one in model.modules() if isinstance(one, nn.Linear)}
    for part in parts:
        if part.role == "" and any(id(tensor.parameter) in tables for tensor in part.own):
            part.role = TABLE


def name_stacks(parts: "list[Part]") -> None:
    """ "encoder final layer norm" for "encoder.final_layer_norm", "shared table" for what both stacks share."""
    for part in parts:
        if part.role == TABLE and len(part.own) == 1:
            part.name = "shared table"
    for path, _ in stacks_of(parts):
        for part in parts:
            short = part.name.replace(".", " ").replace("_", " ")
            if part.path.startswith(f"{path}.") and short not in (other.name for other in parts):
                part.name = short


def open_stacks(parts: "list[Part]") -> None:
    """Say for each part of an encoder-decoder in which epoch of gradual unfreezing it opens (Raffel et al. 2020, section 3.5.1).

    One block of each stack an epoch, from the top of both, so that a shorter stack is all open sooner. The head, or the shared table where
    it is the output matrix, and what stands behind the stacks learn throughout; what stands in front of a stack's blocks opens with the lowest
    of them; a table that is the input's alone comes last.
    """
    both = stacks_of(parts)
    if not both:
        return
    first = 2 if any(part.role == "head" for part in parts) else 1
    last = first + max(len(blocks) for _, blocks in both)
    for part in parts:
        part.opens = 1 if part.role in ("head", TABLE) or part.is_adapter else last
    for side, (path, blocks) in zip(("encoder", "decoder"), both, strict=True):
        for above, block in enumerate(reversed(blocks)):
            block.side, block.opens = side, first + above
        lowest, highest = parts.index(blocks[0]), parts.index(blocks[-1])
        for at, part in enumerate(parts):
            if part.role == "" and part.path.startswith(f"{path}.") and not lowest <= at <= highest:
                part.opens = 1 if at > highest else blocks[0].opens
