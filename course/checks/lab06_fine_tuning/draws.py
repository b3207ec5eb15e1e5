"""What the check of `pretraining_gap` requires of the examples that were drawn."""

from .. import require


def require_draws(drawn, case):
    """Another seed draws other examples, and they are drawn."""
    for size in case.sizes:
        sets = [drawn[size, seed] for seed in case.seeds]
        if size == len(case.train[0]) or len(sets) < 2:
            continue
        first = all(s == set(range(size)) for s in sets)
        require(
            any(s != sets[0] for s in sets),
            "{size} examples: every seed gets the same ones.{why} Another seed draws others.",
            size=size,
            why=f" They are always the first {size} of the training." if first else "",
        )
        require(
            all(a != b for i, a in enumerate(sets) for b in sets[:i]),
            "{size} examples: two seeds get the same ones. Another seed draws others.",
            size=size,
        )
    some = [s for (size, _), s in drawn.items() if 4 <= size <= len(case.train[0]) // 2]
    require(
        not some or not all(max(s) - min(s) == len(s) - 1 for s in some),
        "The examples are neighbours in the training, whatever the seed. Draw them from all of it: what stands side by side is often alike.",
    )
    _require_draws_from_all(drawn, case)


def _require_draws_from_all(drawn, case):
    """The examples are drawn from all there are: that as many fall into a part by chance happens once in a million times."""
    n, size = len(case.train[0]), max(case.sizes)
    places = [p for seed in case.seeds for p in drawn[size, seed]]
    for which, part_ in (("first", max(places) + 1), ("last", n - min(places))):
        require(
            (part_ / n) ** len(places) > 1e-6,
            "All examples that were drawn are among the {which} {part} of the training, which has {n}. Draw from all of them.{hint}",
            which=which,
            part=part_,
            n=n,
            hint=" Is it the length of the test from which you draw?" if part_ <= len(case.test[0]) else "",
        )
