"""The search of `BeamTree`: what is asked of the step function, once, and the beam of any width out of what it said.

    table = collect(step, [0], end=1, most=8, widest=5, vocabulary=60)
    steps = search(table, width=2, end=1, most=8)
    put_aside(steps, end=1, most=8)             # the finished texts, in the order in which they were put aside

A text is the tuple of the ids that were written after the prompt. `beam_tree_numbers.js` searches alike.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course.widgets.base import as_array

MASKED = -1e30  # a logarithm below this is a mask's "minus infinity"


class Row(NamedTuple):
    """The best continuations of a text, best first, with their log-probabilities; and the probability of all others together."""

    tokens: tuple[int, ...]
    logs: tuple[float, ...]
    others: float


class Node(NamedTuple):
    """A text in the tree; log: of its last token; sum: of all of them; place: 1 for the best one kept in its step, 0 for one dropped."""

    ids: tuple[int, ...]
    log: float
    sum: float
    place: int


class Step(NamedTuple):
    """The texts that were continued, and the continuations that were kept, best first."""

    live: list[Node]
    kept: list[Node]


Table = dict[tuple[int, ...], Row]
ROOT = Node((), 0.0, 0.0, 1)


def collect(
    step: Callable[[Any], Any], prompt: list[int], *, end: int, most: int, widest: int, vocabulary: int
) -> Table:
    """A row for each text that is continued at some width from 1 to `widest`. `step` is called once for all texts of one length.

    Raises ValueError of one sentence for what `step` gives.
    """
    table: Table = {}
    beams = {width: [ROOT] for width in range(1, widest + 1)}
    for _ in range(most):
        asked = list({node.ids: node for beam in beams.values() for node in beam}.values())
        if not asked:
            break
        logs = _asked(step, [prompt + list(node.ids) for node in asked], vocabulary)
        table |= {node.ids: _row(node.sum, row, widest + 1) for node, row in zip(asked, logs, strict=True)}
        beams = {width: _live(kept(table, beam, width), end) for width, beam in beams.items()}
    return table


def search(table: Table, width: int, end: int, most: int) -> list[Step]:
    """The steps of the beam of this width."""
    steps, live = [], [ROOT]
    while live and len(steps) < most:
        steps.append(Step(live, kept(table, live, width)))
        live = _live(steps[-1].kept, end)
    return steps


def kept(table: Table, live: list[Node], width: int) -> list[Node]:
    """The `width` best of all continuations; of equal ones that of the earlier text, then that with the smaller id."""
    found = [
        (-(node.sum + log), at, token, log)
        for at, node in enumerate(live)
        for token, log in zip(table[node.ids].tokens, table[node.ids].logs, strict=True)
    ]
    best = sorted(found)[:width]
    return [
        Node((*live[at].ids, token), log, -less, place)
        for place, (less, at, token, log) in enumerate(best, 1)
    ]


def dropped(table: Table, step: Step, node: Node, most: int = 2) -> list[Node]:
    """The best of the continuations of a text that were not kept."""
    stays = {one.ids for one in step.kept}
    rest = [
        Node((*node.ids, token), log, node.sum + log, 0)
        for token, log in zip(table[node.ids].tokens, table[node.ids].logs, strict=True)
        if (*node.ids, token) not in stays
    ]
    return rest[:most]


def put_aside(steps: list[Step], end: int, most: int) -> list[Node]:
    """The finished texts, in the order in which they were put aside: those that ended, then those that were cut after `most` tokens."""
    found = [node for step in steps for node in step.kept if node.ids[-1] == end]
    return found + (_live(steps[-1].kept, end) if len(steps) == most else [])


def score(node: Node, alpha: float) -> float:
    return node.sum / len(node.ids) ** alpha


def ranked(nodes: list[Node], alpha: float) -> list[Node]:
    """Best first; of equal ones that which was put aside first."""
    return sorted(nodes, key=lambda node: -score(node, alpha))


def _live(nodes, end):
    return [node for node in nodes if node.ids[-1] != end]


def _asked(step, texts, vocabulary):
    """float64 (text, vocabulary): the log-probabilities of what comes next, -inf for what cannot come."""
    import torch

    with torch.no_grad():
        given = step(torch.tensor(texts, dtype=torch.long))
    shape = (len(texts), vocabulary)
    try:
        logits = as_array(given, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"The step function gives logits (batch, vocabulary); yours gave a {type(given).__name__}.") from None  # fmt: skip
    if logits.shape != shape:
        raise ValueError(
            f"The step function gives logits (batch, vocabulary), {shape} for {len(texts)} text{'s' * (len(texts) > 1)} and a word for each "
            f"id; yours gave the shape {logits.shape}."
        )
    if np.isnan(logits).any() or (logits == np.inf).any():
        raise ValueError("A logit is a number, or -inf for a token that cannot come; your step function gave nan or inf.")  # fmt: skip
    top = logits.max(1, keepdims=True)
    if not np.isfinite(top).all():
        raise ValueError("After each text some token can come; your step function gave -inf for all of them.")
    with np.errstate(over="ignore"):
        logs = logits - top
    logs -= np.log(np.exp(logs).sum(1, keepdims=True))
    return np.where(logs < MASKED, -np.inf, logs)


def _row(before, logs, count):
    """By the sum and then the id, as `kept` compares them: two logarithms can differ where their sums do not."""
    sums = before + logs
    possible = np.flatnonzero(logs > -np.inf)
    if len(possible) > count:
        least = np.partition(sums[possible], -count)[-count]
        possible = possible[sums[possible] >= least]
    best = possible[np.lexsort((possible, -sums[possible]))][:count]
    rest = np.exp(logs)
    rest[best] = 0
    return Row(tuple(best.tolist()), tuple(logs[best].tolist()), float(rest.sum()))
