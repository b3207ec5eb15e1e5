"""Oracle: a plain loop over the numbers by which parameters are known; nested, frozen and shared ones at random."""

from course.checks import part
from course.checks.lab06_fine_tuning.rates import given_parts, require_groups

from . import lab


def drawn_parts(rng, n, each=3):
    """Nested lists of numbers for `known_parts`, every one a number of its own, and every seventh a buffer."""
    count = 0

    def numbers(k, depth):
        nonlocal count
        out = []
        for _ in range(k):
            if depth and rng.random() < 0.3:
                out.append(numbers(rng.randint(1, each), depth - 1))
            else:
                count += 1
                out.append(-count if out and count % 7 == 0 else count)
        return out

    return [numbers(rng.randint(1, each), 2) for _ in range(n)]


def flat(part_):
    """The parameters of a part, by number."""
    return [n for x in part_ for n in (flat(x) if isinstance(x, list) else [x]) if n > 0]


def with_frozen(rng, parts):
    """The parts with a dropout among them, and the numbers of what is frozen: one whole part, and one parameter in three of the others."""
    parts = [*parts]
    whole = rng.randrange(len(parts) - 1)
    frozen = flat(parts[whole])
    for i, part_ in enumerate(parts):
        own = flat(part_)
        frozen += rng.sample(own, len(own) // 3) if i != whole else []
    parts.insert(rng.randint(1, len(parts) - 1), [])
    return parts, frozen


def with_shared(rng, parts):
    """The parts where the head has a parameter of the input's, one in the middle holds one of its own twice, and another one of a lower part's."""
    parts = [list(part_) for part_ in parts]
    parts[-1].insert(0, rng.choice(flat(parts[0])))
    parts[1].append([flat(parts[1])[0]])
    parts[2].append([rng.choice(flat(parts[1]))])
    return parts


@lab.check()
def layerwise_learning_rates(student):
    rng = student.rng

    def judge(cases):
        results = student.many([given_parts(*case[:2], lr=case[2], decay=case[3]) for case in cases])
        for (parts, frozen, lr, decay, story), result in zip(cases, results, strict=True):
            require_groups(result, parts, lr, decay, frozen, story)

    def drawn():
        return rng.uniform(1e-4, 3.0), rng.choice([0.35, 0.55, 0.65, 0.95])

    judge([(drawn_parts(rng, n), (), *drawn(), "") for n in (5, 3, 7, 2)])
    judge([(drawn_parts(rng, 4), (), drawn()[0], 1.0, "decay=1, so that all parts have the same rate")])
    judge([(drawn_parts(rng, 1), (), *drawn(), "one part alone, which is the head")])
    with part("what does not learn, at random", points=0.5):
        judge(
            [
                (
                    *with_frozen(rng, drawn_parts(rng, n)),
                    *drawn(),
                    "parts of which some parameters are frozen",
                )
                for n in (3, 5)
            ]
        )
    with part("shared parameters, at random", points=0.5):
        judge(
            [
                (with_shared(rng, drawn_parts(rng, n)), (), *drawn(), "parts of which some share parameters")
                for n in (4, 6)
            ]
        )
