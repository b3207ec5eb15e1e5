"""Oracle: the text cut into runs by `itertools.groupby`, and the row put together from them; the closing sentinel never comes into being."""

import itertools

from course.checks.lab08_t5.prefix import EXAMPLES, REFUSED, Case, judge

from . import lab


def case_of(tokens, hidden, sentinels, end):
    """A case, and what is told of it: sizes alone."""
    runs = [(gone, [token for token, _ in run]) for gone, run in itertools.groupby(zip(tokens, hidden, strict=True), key=lambda pair: pair[1])]  # fmt: skip
    names, prefix, target = iter(sentinels), [], []
    for gone, run in runs:
        name = [next(names)] if gone else []
        prefix += name or run
        target += name + run if gone else []
    story = f"A random text of {len(tokens)} tokens, of which {sum(hidden)} are hidden"
    return Case(tokens, hidden, sentinels, end, [*prefix, *target, end], len(prefix), story)


def drawn(rng):
    """A random case: words or ids, some of which come again; few or many of them hidden, in short or long runs."""
    n, turn = rng.randint(1, 30), rng.choice([0.2, 0.5, 0.8])
    ids = rng.sample(range(2, 30_000), n + 40)
    sentinels, end, tokens = ids[:36], ids[36], rng.choices(ids[37:], k=n)
    if rng.random() < 0.5:
        sentinels, end, tokens = [f"<{i}>" for i in sentinels], "</s>", [f"w{i}" for i in tokens]
    hidden = [rng.random() < 0.5]
    for _ in range(n - 1):
        hidden.append(hidden[-1] ^ (rng.random() < turn))
    # One more than there are runs: `corrupt` may ask for a closing sentinel before it is left away.
    runs = sum(1 for gone, _ in itertools.groupby(hidden) if gone)
    return tokens, hidden, sentinels[: runs + rng.choice([1, 1, 2, 6])], end


@lab.check(alone=True)
def decoder_only_example(student):
    rng = student.rng
    cases = [case_of(*drawn(rng)) for _ in range(60)]
    for share in (False, True):
        tokens, hidden, sentinels, end = drawn(rng)
        cases.append(case_of(tokens, [share] * len(hidden), sentinels[:2], end))
    refused = []
    for _ in range(4):
        tokens, hidden, sentinels, end = drawn(rng)
        other = rng.choice([hidden + [False] * rng.randint(1, 3), hidden[:-1]])
        refused.append((tokens, other, sentinels, end, f"A text of {len(tokens)} tokens with a mask of {len(other)}"))  # fmt: skip
        n = rng.randint(2, 6)
        few = ([1, 2, 3] * n, [True, False, False] * n, list(range(100, 99 + n)), 9)
        refused.append((*few, f"{n} runs and {n - 1} sentinels: that"))
    judge(student, EXAMPLES + cases, REFUSED + refused)
