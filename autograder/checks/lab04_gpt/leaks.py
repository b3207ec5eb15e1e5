"""Oracle: every token tried in every place, in float64."""

import torch

from course.checks import part
from course.checks.helpers import build
from course.checks.lab04_gpt.leaks import causal, require_pair, step

from . import lab


def by_trying_everything(marker, ids, vocabulary):
    """(target, source) of the first leak, or None."""
    run = build(marker)
    run.vectors, run.output, run.scores = run.vectors.double(), run.output.double(), run.scores.double()
    logits, targets = run(ids[None])
    leaks = []
    for source in range(len(ids)):
        changed = ids.repeat(vocabulary, 1)
        changed[:, source] = torch.arange(vocabulary)
        moved = ((run(changed)[0] - logits).abs() > 1e-9).any(0).any(-1)
        for guess in moved.nonzero().flatten().tolist():
            target = (ids == targets[0, guess]).nonzero().item()
            if source >= target:
                leaks.append((target, source))
    return min(leaks, default=None)


@lab.check()
def detect_leak(student):
    generator, rng = torch.Generator().manual_seed(student.seed), student.rng

    def tried(kind, case, time=None, **settings):
        time = time or rng.randint(4, 8)
        vocabulary = rng.randint(time + 3, 22)
        ids = torch.randperm(vocabulary - 2, generator=generator)[:time] + 2
        marker = step(kind, vocabulary, time, rng.randrange(2**31), **settings)
        require_pair(student(marker, ids, vocabulary), by_trying_everything(marker, ids, vocabulary), case)

    for start in (False, True):
        for _ in range(3):
            time = rng.randint(5, 8)
            read, extra = time + start, rng.choice((1, 2, 6))
            allowed = causal(read)
            for _ in range(extra):
                query = rng.randrange(read - 1)
                allowed[query, rng.randrange(query + 1, read)] = True
            tried("attention", "A random mask with cells too many", time, allowed=allowed, start=start, twins=rng.random() < 0.5, balanced=rng.random() < 0.5)  # fmt: skip
        tried("attention", "A causal mask", 6, allowed=causal(6 + start), start=start)
    for _ in range(2):
        tried("convolution", "A random convolution", offsets=sorted(rng.sample(range(-3, 5), 3)))
        tried("attention_to_padding", "Padding that is looked at", 7, since=rng.randint(0, 4))
    tried("normalised", "Normalising over time", over=1)
    tried("normalised", "Normalising each token by itself", over=2)
    tried("convolution", "A convolution and no shift", offsets=[-1, 0, 2], shift=0)
    tried("reader", "A recurrent reader and no shift", shift=0)
    tried("reader", "A recurrent reader")
    with part("weak leaks, rounding, and longer texts", points=1):
        allowed = causal(7)
        allowed[rng.randint(1, 4), 6] = True
        tried("attention", "A weak leak", 7, allowed=allowed, strength=0.003)
        tried("what_is_left", "Nothing but rounding", 8)
        tried("attention_past_padding", "Padding that is hidden")
        allowed = causal(18)
        allowed[rng.randint(5, 12), 16] = True
        ids = torch.randperm(38, generator=generator)[:18] + 2
        marker = step("attention", 40, 18, rng.randrange(2**31), allowed=allowed)
        require_pair(
            student(marker, ids, 40), by_trying_everything(marker, ids, 40), "A leak in a text of 18 tokens"
        )
