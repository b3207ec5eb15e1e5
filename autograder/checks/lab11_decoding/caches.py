"""The hidden check of `KVCache`, on drawn texts. Oracle: attention over the whole text at once, in float64."""

from course.checks.lab11_decoding.caches import Tokens, cases_of, judge_cache

from . import lab


@lab.check(alone=True)
def KVCache(student):
    rng = student.rng
    cases = cases_of(100 + rng.randrange(2**30))
    for _ in range(3):
        layers, time = rng.randint(1, 4), rng.randint(5, 12)
        cuts = [0, *sorted(rng.sample(range(1, time), rng.randint(1, 4)))]
        tokens = Tokens(rng.randrange(2**30), layers, rng.randint(1, 4), rng.randint(1, 4), time, rng.randint(2, 6))  # fmt: skip
        cases["chunks"].append((tokens, cuts, "A drawn text, cut at drawn places"))
        batch = rng.randint(2, 5)
        rows = [rng.randrange(batch) for _ in range(rng.randint(1, 6))]
        cases["choices"].append((Tokens(rng.randrange(2**30), batch=batch), rows, "A drawn beam"))
        one, other = (Tokens(rng.randrange(2**30), time=n) for n in (rng.randint(6, 9), rng.randint(6, 9)))
        cases["rewinds"].append((one, other, rng.randint(1, 5), "A drawn text"))
    judge_cache(student, **cases)
