"""Oracles: loops over the rule as the statement has it, cell by cell."""

import torch

from course.checks import args, part
from course.checks.lab03_attention.masks import require_mask, require_refused

from . import lab


def by_rule(rows, columns, rule):
    """bool (rows, columns)."""
    return torch.tensor([[rule(q, k) for k in range(columns)] for q in range(rows)], dtype=torch.bool).view(
        rows, columns
    )


def require_all(student, cases, extra, lacking):
    """cases: (arguments, truth, what they are)."""
    for (_, truth, case), mask in zip(cases, student.many([given for given, _, _ in cases]), strict=True):
        require_mask(mask, truth, case, extra, lacking)


@lab.check()
def causal_mask(student):
    sizes = [2, 3, 9, 5 + student.seed % 20, 64]
    cases = [(args(n), by_rule(n, n, lambda q, k: k <= q), f"{n} tokens") for n in sizes]
    require_all(student, cases, "which comes later", "which is itself or stands before it")
    with part("no token", points=0.25):
        require_mask(student(0), torch.ones(0, 0, dtype=torch.bool), "no token")


@lab.check()
def prefix_lm_mask(student):
    rng = student.rng
    sizes = [(n, rng.randint(1, n - 1)) for n in (2, 5, 9, 12, 17)] + [
        (8, 0),
        (8, 1),
        (8, 7),
        (8, 8),
        (1, 0),
        (1, 1),
    ]
    cases = [
        (args(n, p), by_rule(n, n, lambda q, k, p=p: k <= q or k < p), f"{n} tokens and a prefix of {p}")
        for n, p in sizes
    ]
    require_all(
        student,
        cases,
        "which comes later and is not in the prefix",
        "which stands in the prefix, or not after it",
    )
    with part("no token", points=0.25):
        require_mask(student(0, 0), torch.ones(0, 0, dtype=torch.bool), "no token and no prefix")


def ids_with(rng, rows, time, pad):
    """long (rows, time), with the id `pad` here and there, and nowhere in one row."""
    ids = torch.tensor([[rng.randint(0, 9) for _ in range(time)] for _ in range(rows)]).view(rows, time)
    holes = torch.tensor([[rng.random() < 0.4 for _ in range(time)] for _ in range(rows)]).view(rows, time)
    holes[0] = False
    for row in holes:
        row[rng.randrange(time)] = False  # a real token in each
    return ids.masked_fill(ids == pad, pad + 1).masked_fill(holes, pad)


@lab.check()
def padding_mask(student):
    rng, cases = student.rng, []
    for rows, time, pad in ((1, 4, 0), (3, 7, 0), (4, 2, 0), (2, 5, 3), (3, 6, 1)):
        ids = ids_with(rng, rows, time, pad)
        truth = by_rule(rows, time, lambda b, t, ids=ids, pad=pad: ids[b, t].item() != pad).view(
            rows, 1, 1, time
        )
        cases.append(
            (args(ids) if pad == 0 else args(ids, pad=pad), truth, f"ids ({rows}, {time}), pad={pad}")
        )
    require_all(student, cases, "which is padding", "which is a real token")
    with part("padding alone, and no token", points=0.5):
        require_mask(
            student(torch.zeros(2, 3, dtype=torch.long)),
            torch.zeros(2, 1, 1, 3, dtype=torch.bool),
            "texts of padding alone",
            "which is padding",
        )
        require_mask(
            student(torch.zeros(2, 0, dtype=torch.long)),
            torch.zeros(2, 1, 1, 0, dtype=torch.bool),
            "texts without a token",
        )


@lab.check()
def combine_masks(student):
    generator = torch.Generator().manual_seed(student.seed)

    def draw(*shape):
        return torch.rand(shape, generator=generator) < 0.7

    for shapes in (
        ((4, 4), (4, 4)),
        ((5, 5), (2, 1, 1, 5)),
        ((3, 1, 1, 4), (4, 4), (3, 2, 4, 4)),
        ((6,), (6, 1), None),
        ((1, 4), None, (4, 1), (4, 4)),
    ):
        masks = [None if s is None else draw(*s) for s in shapes]
        real = [m for m in masks if m is not None]
        whole = torch.broadcast_tensors(*real)
        truth = torch.stack(whole).all(0)
        require_mask(student(*masks), truth, f"masks of shapes {', '.join(map(str, shapes))}", "which one of them hides", "which all of them allow")  # fmt: skip
    with part("what is not boolean is refused", points=0.5):
        for wrong in (
            torch.zeros(4, 4),
            torch.full((4, 4), -torch.inf),
            torch.ones(4, 4, dtype=torch.int32),
            torch.ones(4, 4, dtype=torch.uint8),
        ):
            for given in ((draw(4, 4), None, wrong), (wrong, draw(4, 4)), (None, wrong)):
                require_refused(
                    student, given, f"a mask of type {str(wrong.dtype).removeprefix('torch.')} among others"
                )


@lab.check()
def cross_attention_mask(student):
    rng, cases = student.rng, []
    for rows, queries, keys, pad in ((1, 3, 5, 0), (3, 6, 2, 0), (2, 4, 4, 0), (2, 1, 7, 2), (3, 5, 3, 4)):
        target, source = ids_with(rng, rows, queries, pad), ids_with(rng, rows, keys, pad)
        cells = [
            by_rule(queries, keys, lambda q, k, row=row, pad=pad: row[k].item() != pad) for row in source
        ]
        given = args(target, source) if pad == 0 else args(target, source, pad=pad)
        cases.append(
            (
                given,
                torch.stack(cells)[:, None],
                f"target ({rows}, {queries}), source ({rows}, {keys}), pad={pad}",
            )
        )
    require_all(student, cases, "which is padding of the source", "which is a real token of the source")


@lab.check()
def permutation_mask(student):
    rng, cases = student.rng, []
    for n in (1, 2, 3, 6, 9, 13):
        order = rng.sample(range(n), n)
        turn = [order.index(place) for place in range(n)]
        truth = by_rule(n, n, lambda q, k, turn=turn: turn[k] <= turn[q])
        cases.append((args(torch.tensor(order)), truth, f"a random order, n = {n}"))
    require_all(student, cases, "whose turn comes later", "which is itself, or whose turn came before")
