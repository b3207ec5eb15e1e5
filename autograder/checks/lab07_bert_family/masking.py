"""Properties of every choice, and the frequencies of many, within 5 standard deviations of a binomial (6 where the extremes of many counts
are compared, 6.5 where pairs overlap)."""

import torch

from course.checks import args, part, require
from course.checks.chance import within
from course.checks.lab07_bert_family.masking import (
    choices_of,
    hidden_in,
    require_again,
    require_own,
    require_share,
    require_turns,
)

from . import lab

EPOCHS = 300


def drawn(rng, rows, time, marks):
    """(ids, special) with a share of `marks` at any places."""
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    ids = torch.randint(10, rng.randint(30, 3000), (rows, time), generator=generator)
    special = torch.rand(rows, time, generator=generator) < marks
    ids[special] = torch.randint(10, (int(special.sum()),), generator=generator)
    return ids, special


@lab.check()
def dynamic_masking(student):
    rng = student.rng
    ids, special = drawn(rng, 5, 60, 0.2)
    share, mask_id, seed = rng.uniform(0.12, 0.4), rng.randint(4, 9), rng.randrange(1000)
    calls = [args(ids, special, epoch, mask_id, share, seed=seed) for epoch in range(EPOCHS)]
    hidden = torch.stack([hidden_in(result, ids, special, mask_id) for result in student.many(calls)])
    may = ~special
    counts = hidden.sum(0)[may]
    require(
        within(counts.min().item(), EPOCHS, share, sigmas=6) and within(counts.max().item(), EPOCHS, share, sigmas=6),
        "The same texts in {n} epochs: one token is hidden {low} times, another {high} times; all are equally likely.",
        n=EPOCHS,
        low=counts.min().item(),
        high=counts.max().item(),
    )  # fmt: skip
    require_share(int(hidden.sum()), EPOCHS * int(may.sum()), share, f"{EPOCHS} epochs")
    require(
        len(set(hidden.sum((1, 2)).tolist())) > 12,  # of 240 tokens: 30 and more
        "In {n} epochs nearly always as many tokens are hidden: each has a draw of its own, so that the number changes.",
        n=EPOCHS,
    )
    for one, two, n, what in (
        (hidden[:, :, :-1], hidden[:, :, 1:], (may[:, :-1] & may[:, 1:]).sum() * EPOCHS, "Neighbours in a text"),
        (hidden[:, :-1], hidden[:, 1:], (may[:-1] & may[1:]).sum() * EPOCHS, "Tokens of two texts at the same place"),
        (hidden[:-1], hidden[1:], may.sum() * (EPOCHS - 1), "A token in two epochs, one after the other"),
    ):  # fmt: skip
        both = int((one & two).sum())
        require(
            within(both, int(n), share**2, sigmas=6.5),
            "{what}: of {n} pairs both are hidden in {both}; that is too often or too seldom for chance. Each draw is independent of all others.",
            what=what,
            n=int(n),
            both=both,
        )
    ids, special = drawn(rng, 4, 80, 0.2)
    asked = [(s, e) for s in range(3) for e in range(3)]
    asked += [(rng.randrange(10_000), rng.randrange(2000)) for _ in range(60)]
    choices = choices_of(student, ids, special, list(dict.fromkeys(asked)))
    require_own(choices)
    require_again(choices, choices_of(student, ids, special, rng.sample(list(choices), 30)))
    with part("copies, in any order", points=0.5):
        for copies in (rng.randint(2, 9), rng.randint(11, 20)):
            epochs = [*range(copies + 2), *(rng.randrange(40 * copies) for _ in range(25))]
            rng.shuffle(epochs)
            require_turns(student, ids, special, copies, epochs, rng.randrange(1000))
