"""Which numbers of a model's matrices go: what is asked for, and what usual mistakes cut instead.

masks = kept_where(matrices, k)
said = next((said for wrong, said in mistakes_of(model, matrices, sparsity) if same(masks, wrong)), "")
"""

import math

import torch

HALVES = "Python's `round` goes to the even neighbour where two are as near: of 2.5 it makes 2, and of 7.5 it makes 8"
TWICE = "A matrix that two modules share is counted twice in your n"
BY_ITSELF = "You cut the same share of each matrix by itself; all of them together are one row of numbers"
LEFT_OUT = "You take your share of what is not zero yet; a zero is a number like any other, and the nearest to zero of all"
THRESHOLD = "Your masks follow from a threshold, and a threshold cuts all numbers of one size or none of them. So many as asked are to go, not more and not fewer"


def kept_where(matrices, k, size=abs, place=lambda i, name: i):
    """The masks, dict of name -> bool tensor, that remain when the k smallest numbers go. size: of a number; place: (its place in the row of
    all, its matrix' name) -> what decides between equal sizes."""
    numbers = [(name, x) for name, m in matrices.items() for x in m.flatten().tolist()]
    order = sorted(range(len(numbers)), key=lambda i: (size(numbers[i][1]), place(i, numbers[i][0])))
    kept = torch.ones(len(numbers), dtype=torch.bool)
    kept[order[: max(0, k)]] = False
    pieces = kept.split([m.numel() for m in matrices.values()])
    return {name: piece.view(m.shape) for piece, (name, m) in zip(pieces, matrices.items(), strict=True)}


def mistakes_of(model, matrices, sparsity):
    """(masks, sentence) pairs: what usual mistakes leave. Made one by one, as long as somebody asks for more."""
    k = round(sparsity * sum(m.numel() for m in matrices.values()))
    yield from _of_masks(matrices, k)
    yield from _of_order(matrices, k, sparsity)
    yield from _of_number(model, matrices, sparsity)
    yield from _of_thresholds(matrices, k)


def _where(matrices, rule):
    return {name: rule(name, m) for name, m in matrices.items()}


def _of_masks(matrices, k):
    """What the masks say."""
    truth = kept_where(matrices, k)
    if k > 0:
        yield (
            _where(matrices, lambda name, m: torch.ones_like(m, dtype=torch.bool)),
            "Your masks keep everything. Were they made before anything was cut, or is `sparsity` taken for per cent? It is a share, from 0 to 1",
        )
    if any(mask.any() for mask in truth.values()):
        yield (
            _where(matrices, lambda name, m: torch.zeros_like(m, dtype=torch.bool)),
            f"Your masks keep nothing{'. The last one to go stands at place k − 1, and at k = 0 that is the end of the row' if k == 0 else ''}",
        )
    yield (
        _where(matrices, lambda name, m: ~truth[name]),
        "In a mask True = kept; yours are the other way round, or the largest go where the smallest should",
    )
    yield (
        _where(matrices, lambda name, m: truth[name] & (m != 0)),
        "Your masks say False of every number that is zero now, those too that were zero before and are none of the `round(sparsity * n)` that go. A threshold does so, and so does looking afterwards for what is zero",
    )
    yield (
        _where(matrices, lambda name, m: m != 0),
        "Your masks say which numbers were not zero when they came in. Were they made before anything was cut?",
    )


def _of_order(matrices, k, sparsity):
    """What goes first."""
    n = sum(m.numel() for m in matrices.values())
    yield (
        kept_where(matrices, k, size=lambda x: -abs(x)),
        "You cut the largest; those go that are nearest to zero",
    )
    yield kept_where(matrices, n - k), "`sparsity` is the share that goes, not the share that is kept"
    for number in (round, int):
        yield (
            _where(
                matrices, lambda name, m, to=number: kept_where({name: m}, to(sparsity * m.numel()))[name]
            ),
            BY_ITSELF,
        )
    yield (
        kept_where(matrices, k, size=lambda x: x),
        "You cut the lowest, large negative ones among them; those go that are nearest to zero, whatever their sign",
    )
    yield (
        kept_where(matrices, k, place=lambda i, name: -i),
        "Of numbers of the same size you cut the later one first; the earlier one goes first. Does your sort run backwards, or without `stable=True`?",
    )
    alphabet, order = sorted(matrices), list(matrices)
    yield (
        kept_where(matrices, k, place=lambda i, name: (alphabet.index(name), i)),
        "Of numbers of the same size in two matrices you cut those first whose matrix comes first in the alphabet; named_parameters() has an order of its own",
    )
    turned = [torch.arange(m.numel()).view(m.shape).movedim(-1, 0).flatten() for m in matrices.values()]
    column = torch.cat([places.argsort() for places in turned]).tolist()
    yield (
        kept_where(matrices, k, place=lambda i, name: (order.index(name), column[i])),
        "Of numbers of the same size in one matrix you cut column by column; it goes row by row",
    )


def _of_number(model, matrices, sparsity):
    """How many go."""
    n = sum(m.numel() for m in matrices.values())
    exact = sparsity * n
    every = dict(model.named_parameters(remove_duplicate=False))
    again = {name: p.detach() for name, p in every.items() if p.dim() > 1}
    twice = round(sparsity * sum(p.numel() for p in again.values()))
    yield kept_where(matrices, twice), TWICE
    twice = kept_where(again, twice)
    yield {name: twice[name] for name in matrices}, TWICE
    yield (
        kept_where(matrices, round(sparsity * sum(p.numel() for p in model.parameters()))),
        "You take your share of all parameters; n counts the numbers of the matrices alone",
    )
    zeros = sum(int((m == 0).sum()) for m in matrices.values())
    if zeros:
        left = round(sparsity * (n - zeros))
        later = kept_where(
            matrices, left, size=lambda x: abs(x) or math.inf
        )  # of what is not zero, the smallest
        yield later, LEFT_OUT
        yield {name: mask & (matrices[name] != 0) for name, mask in later.items()}, LEFT_OUT
    half = exact % 1 == 0.5
    yield (
        kept_where(matrices, math.floor(exact)),
        f"You cut off the decimals of `sparsity * n` (with `int` or `//`, or through a quantile){'. ' + HALVES if half else '; it is to be rounded'}",
    )
    yield (
        kept_where(matrices, math.ceil(exact)),
        f"You round up, halves or all. {HALVES}" if half else "You round `sparsity * n` up, always; it goes to the nearest whole number",
    )  # fmt: skip


def _of_thresholds(matrices, k):
    """What a size decides, and not a place."""
    sizes = sorted(abs(x) for m in matrices.values() for x in m.flatten().tolist())
    if not 0 < k < len(sizes):
        return
    tie = sizes[k - 1] == sizes[k]
    few = "The number at your threshold stays, and it is the last of those that go"
    yield _where(matrices, lambda name, m: m.abs() > sizes[k - 1]), THRESHOLD
    yield _where(matrices, lambda name, m: m.abs() >= sizes[k - 1]), THRESHOLD if tie else few
    yield (
        _where(matrices, lambda name, m: m.abs() > sizes[k]),
        "Your threshold is one number too far: what stands there goes with the others",
    )
