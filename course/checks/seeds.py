"""Whether the seed decides what a training gives.

judge_seed(student, few_sentences, vocabulary, steps=5, found=lambda vectors: vectors, what="vectors")
"""

import torch

from . import args, part, require

SEEDS = (3, 3, 4)


def judge_seed(student, *given, found, what, **settings):
    """Train three times, twice from the same seed: a part of half a point.

    given, settings: of each call, and short (a few steps); found: a result -> a tensor, or a dict of tensors; what: their name.
    """
    with part("the seed decides", points=0.5):
        trained = student.many([args(*given, seed=seed, **settings) for seed in SEEDS])
        require_seeded([found(result) for result in trained], what)


def require_seeded(trained, what):
    """Require what was trained with `SEEDS` to be twice the same, and then another. trained: tensors, or dicts of tensors; what: their name."""
    require(
        all(isinstance(each, torch.Tensor) or each for each in trained),
        "What your training returns holds no {what} at all.",
        what=what,
    )
    one, again, other = (
        torch.cat([t.flatten().double() for t in (each.values() if isinstance(each, dict) else [each])])
        for each in trained
    )
    require(one.shape == again.shape == other.shape, "The number of {what} changes from call to call.", what=what)  # fmt: skip
    noise, change = ((one - x).norm() / one.norm().clamp(min=1e-9) for x in (again, other))
    # Two threads add in another order each time, and Adam makes more of it: hence not to the last digit.
    require(
        noise < 0.01,
        "The same seed twice gives other {what}: draw the first weights and every batch from the seed.",
        what=what,
    )
    require(
        change > 0.05,
        "Two seeds give the same {what}: nothing in the training depends on the seed.",
        what=what,
    )
