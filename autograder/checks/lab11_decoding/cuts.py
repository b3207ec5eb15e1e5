"""Hidden checks of the filters and the penalty, on drawn logits. Oracles: sort and cut; tests hold them against transformers' logits processors."""

import torch

from course.checks.lab11_decoding import cuts as visible
from course.checks.lab11_decoding.cuts import Rows, judge_cuts

from . import lab

CLOSE = 1e-3  # of a sum to p, where rounding could decide


def drawn(rng, *shape, sharp=2.0, whole=False):
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    if whole:  # so few different ones that many are equal
        return torch.randint(-1, 3, shape, generator=generator).float()
    return sharp * torch.randn(*shape, generator=generator)


def joined(mine, theirs):
    return {title: theirs[title] + mine.get(title, []) for title in theirs}


@lab.check(alone=True)
def top_k_filter(student):
    rng = student.rng
    mine = {
        "plain": [Rows(drawn(rng, 5, size := rng.randint(8, 30)), rng.randint(1, size - 1), "Drawn logits", False) for _ in range(6)],
        "ties": [Rows(drawn(rng, 4, 12, whole=True), rng.randint(2, 10), "Drawn logits, many of them equal", False) for _ in range(6)],
        "edge": [
            Rows(drawn(rng, 3, 9), 9 + rng.randrange(5), "k of the vocabulary, or above", False), Rows(drawn(rng, 7), 3, "One row without a batch", False),
            Rows(drawn(rng, 2, 3, 8), 4, "Three axes", False), Rows(drawn(rng, 3, 8).double(), 4, "Logits in float64", False),
            Rows(drawn(rng, 3, 12).masked_fill(torch.arange(12) % 2 == 0, -torch.inf), 8, "Places of minus infinity", False),
        ],
    }  # fmt: skip
    cases = joined(mine, visible.TOP)
    judge_cuts(student.using(finite=False), "top_k_filter", cases["plain"], visible.top_parts(cases))


def clear(rng, make, story, low=0.15, high=0.97):
    """Rows and a p which no sum comes so near to that rounding could decide."""
    while True:
        logits, p = make(), rng.uniform(low, high)
        chances = logits.double().softmax(-1).sort(dim=-1, descending=True).values.cumsum(-1)
        if (chances - p).abs().min() > CLOSE:
            return Rows(logits, p, story, False)


@lab.check(alone=True)
def nucleus_filter(student):
    rng = student.rng
    mine = {
        "plain": [clear(rng, lambda: drawn(rng, 4, 12, sharp=rng.uniform(0.5, 3)), "Drawn logits") for _ in range(8)],
        "one": [clear(rng, lambda: drawn(rng, 4, 12) + 9 * torch.eye(12)[:4], "Sure rows", 0.05, 0.6) for _ in range(3)],
        "all": [Rows(drawn(rng, 4, 40, sharp=9), 1.0, "p = 1, and very unlikely tokens", False)],
        "ties": [clear(rng, lambda: drawn(rng, 4, 12, whole=True), "Drawn logits, many of them equal") for _ in range(5)],
        "edge": [
            clear(rng, lambda: drawn(rng, 9), "One row without a batch"), clear(rng, lambda: drawn(rng, 2, 3, 8), "Three axes"),
            clear(rng, lambda: drawn(rng, 3, 8).double(), "Logits in float64"),
            clear(rng, lambda: drawn(rng, 3, 12).masked_fill(torch.arange(12) % 2 == 0, -torch.inf), "Places of minus infinity"),
        ],
    }  # fmt: skip
    cases = joined(mine, visible.NUCLEUS)
    judge_cuts(student.using(finite=False), "nucleus_filter", cases["plain"], visible.nucleus_parts(cases))


@lab.check(alone=True)
def repetition_penalty(student):
    rng = student.rng

    def case(story, batch=4, size=14, time=6, penalty=None, few=False, dtype=torch.float32):
        ids = torch.tensor(
            [rng.choices(range(3), k=time) if few else rng.sample(range(size), time) for _ in range(batch)]
        )
        return Rows(drawn(rng, batch, size).to(dtype), penalty or rng.uniform(1.1, 3), story, False, ids)

    mine = {
        "plain": [case("Drawn logits and texts", time=3) for _ in range(5)],
        "often": [case("Texts in which few tokens come again and again", few=True, time=9) for _ in range(4)],
        "edge": [
            case("A penalty of 1", penalty=1.0),
            case("A text of one token", time=1),
            case("One row", batch=1),
            case("Logits in float64", dtype=torch.float64),
        ],
    }
    cases = joined(mine, visible.PENALTY)
    judge_cuts(
        student.using(finite=False), "repetition_penalty", cases["plain"], visible.penalty_parts(cases)
    )
