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


def judge_arguments(student, *given, found, steps):
    """The parts about the seed, and about `dim` and `steps`: short trainings, of `steps` steps and a few more. found: a result -> a state dict."""
    judge_seed(student, *given, found=found, what="weights", steps=steps)
    with part("dim and steps", points=0.5):
        settings = ({"dim": 64, "steps": steps}, {"dim": 32, "steps": steps}, {"dim": 64, "steps": steps + 5})
        results = student.many([args(*given, seed=SEEDS[0], **each) for each in settings])
        usual, small, longer = (list(found(result).values()) for result in results)
        require(
            sum(t.numel() for t in small) < sum(t.numel() for t in usual),
            "With dim=32 your model has as many weights as with dim=64: is `dim` used?",
        )
        require_steps_used(usual, longer, steps, steps + 5)


def require_steps_used(one, other, n, m):
    """Require that trainings of n and of m steps end with other weights. one, other: lists of tensors."""
    require(
        any(a.shape != b.shape or not torch.equal(a, b) for a, b in zip(one, other, strict=False)),
        "{n} steps and {m} end with the same weights: is `steps` used?",
        n=n,
        m=m,
    )


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
