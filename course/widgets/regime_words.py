"""The sentences of `TrainableView` on each of its columns."""

from typing import Any

NOW = "now"
_FEATURES = (
    "It starts pretrained and the head alone learns. The backward pass ends there and never goes into the encoder; with dropout off "
    "the encoder gives the same features in every epoch, so they can be computed once."
)

Parts = list[dict[str, Any]]


def said_of(
    parts: Parts,
    name: str,
    step: int,
    epochs: int,
    states: list[str],
    reach: int,
    added: list[int],
    left: int,
) -> str:
    """One to four sentences on a column. step, added: see `regimes.py`; left: how many tensors learn that the optimizer was not given."""
    if name == NOW:
        return _said_of_now(parts, states, reach, left)
    if name == "adapters":
        return _said_of_adapters(parts, step, reach, added)
    if reach < 0:
        return 'This model has no head, so nothing learns: load it with head="classification", or tell the view which part is its head.'
    last = parts[reach]["name"]
    table = _table(parts)
    if name == "scratch":
        return "It starts at random and all of it learns, from the labels alone."
    if name in ("frozen", "biases") and table:
        return _said_of_a_table(parts, name, table, states)
    if name == "frozen":
        return _FEATURES
    if name == "biases":
        if parts[reach]["role"] == "head":
            return "It starts pretrained. Below the head there is no bias, so the head alone learns."
        return (
            "It starts pretrained; the head and the biases learn. That is little to keep for the optimizer, but the way back is long "
            f"all the same: the backward pass ends at {last}."
        )
    if name == "unfreezing":
        said = "It starts pretrained; each epoch one level more learns, from the top."
        if any(part["side"] for part in parts):
            said = _said_of_two_stacks(parts, table)
        return f"{said} In epoch {step} of {epochs} the backward pass ends at {last}{', at the input' if last == table else ''}."
    if name == "layerwise":
        return (
            "It starts pretrained and all of it learns, what is near the input with smaller steps: it is the most general, and should "
            "move least."
        )
    return (
        "It starts pretrained and all of it learns, with one rate. What sets it apart from “from scratch” is the start, and with it the "
        "small steps."
    )


def _table(parts: Parts) -> str:
    """The name of the part that is the input's table of words and the output matrix, "" where the model has a head of its own."""
    return next((part["name"] for part in parts if part["role"] == "table"), "")


def _said_of_a_table(parts: Parts, name: str, table: str, states: list[str]) -> str:
    """Where a head would learn, and the model has none of its own."""
    alone = sum(state in ("all", "some") for state in states) == 1
    what = "it is the table that learns" if name == "frozen" else "the table and the biases learn"
    if name == "biases" and alone:
        what = "the table learns, and there is no bias to learn with it"
    return (
        f"It starts pretrained. It has no head of its own: its output matrix is the table of words that the input takes too ({table}), so "
        f"{what}. The backward pass goes down both stacks to the input, and no features stay as they were."
    )


def _said_of_two_stacks(parts: Parts, table: str) -> str:
    opens = {
        side: max(part["opens"] for part in parts if part["side"] == side) for side in ("encoder", "decoder")
    }
    short, long = sorted(opens, key=lambda side: opens[side])
    sooner = (
        f"; the {short}, the shorter one, is all open from epoch {opens[short]} on"
        if opens[short] < opens[long]
        else ""
    )
    norms = any(part["role"] == "" and part["opens"] == 1 for part in parts)
    whole = {
        "the table of words, which is the output matrix too,": bool(table),
        "the head": any(part["role"] == "head" for part in parts),
        "the norms behind the stacks": norms,
    }
    first = " and ".join(text for text, on in whole.items() if on)
    throughout = f" {first.capitalize()} learn{'' if norms else 's'} throughout." if first else ""
    return f"It starts pretrained; each epoch one block more of each stack learns, from the top of both{sooner}.{throughout}"


def _said_of_adapters(parts: Parts, size: int, reach: int, added: list[int]) -> str:
    there = sum(part["adapters"] for part in parts)
    others = [
        text
        for text, on in (
            ("the norms", any(tensor["norm"] for part in parts for tensor in part["tensors"])),
            ("the head", any(part["role"] == "head" for part in parts)),
        )
        if on
    ]
    if reach < 0:
        return "There is no block that could take an adapter, no norm and no head, so nothing learns."
    end = f" The backward pass ends at {parts[reach]['name']}."
    if not there and not any(added):
        return f"There is no block that could take an adapter: {' and '.join(others)} alone learn{'s' * (others == ['the head'])}.{end}"
    told = (
        f"It starts pretrained and stays so but for {' and '.join(others)}. "
        if others
        else "It starts pretrained and stays so. "
    )
    if there:
        count = sum(tensor["count"] for part in parts for tensor in part["tensors"] if tensor["adapter"])
        which = (
            "The adapter that is in it learns" if there == 1 else f"The {there} adapters that are in it learn"
        )
        return f"{told}{which}, {count:,} numbers.{end}"
    number = sum(one > 0 for one in added)
    widths = {part["width"] for part, one in zip(parts, added, strict=True) if one}
    told += f"{'The' if number == 1 else 'Each'} block gets an adapter of size {size} behind its dense layers"
    if len(widths) == 1:
        (width,) = widths
        told += f": 2\u00a0·\u00a0{width}\u00a0·\u00a0{size} + {size} + {width} = {max(added):,} new numbers"
    return f"{told}{f', {sum(added):,} in all' if number > 1 else ''}. The share is that of the model with {'it' if number == 1 else 'them'}.{end}"


def _said_of_now(parts: Parts, states: list[str], reach: int, left: int) -> str:
    learning = [state in ("all", "some") for state in states]
    heads = [one for part, one in zip(parts, learning, strict=True) if part["role"] == "head"]
    below = [(part, one) for part, one in zip(parts, learning, strict=True) if part["role"] != "head"]
    noisy = sum(part["mode"] == "dropout on" for part, _ in below)
    said = []
    if reach < 0:
        said.append("Nothing learns: no tensor has requires_grad=True, and an optimizer has nothing to move.")
    else:
        some = f", {states.count('some')} of them in part" if "some" in states else ""
        ends = f"The backward pass ends at {parts[reach]['name']}."
        said.append(f"{sum(learning)} of {len(parts)} parts learn{some}. {ends}")
        own = [
            tensor["learns"]
            for part in parts
            for tensor in part["tensors"]
            if tensor["adapter"] and not tensor["shared"]
        ]
        if own:
            said.append(
                f"Of its adapters' {len(own)} tensors {'all' if all(own) else sum(own) or 'none'} learn{'s' * (sum(own) == 1)}."
            )
        if heads and not any(heads):
            said.append("The head does not learn: it stays as it was made.")
    if below and noisy and not any(one for _, one in below):
        where = "1 part" if noisy == 1 else f"{noisy} parts"
        said.append(
            f"Below the head all is frozen, but dropout is on in {where}: the same text gives other features at each call. "
            "eval() turns it off, and train() on the whole model turns it on again."
        )
    if left:
        said.append(
            f"The optimizer was not given {left} of the tensors that learn: {'it stays' if left == 1 else 'they stay'} as made."
        )
    return " ".join(said)
