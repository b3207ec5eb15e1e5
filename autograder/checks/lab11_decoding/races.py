"""The hidden check of `speed_table`, on ways with drawn times. Oracle: the diary of the ways themselves."""

from course.checks.lab11_decoding.races import differing, judge_race

from . import lab


@lab.check(alone=True)
def speed_table(student):
    rng = student.rng
    repeats = rng.choice([4, 6, 7])
    names = rng.sample(["generate", "loop", "cache", "hand", "none", "beam"], rng.randint(3, 4))
    seconds = {name: [rng.uniform(0.002, 0.01) for _ in range(repeats)] for name in names}
    seconds[names[0]] = [
        rng.uniform(0.012, 0.02) for _ in range(repeats)
    ]  # else the first would be the fastest, too
    for own in seconds.values():
        own[rng.randrange(repeats)] *= 3  # a slow call, which moves a mean and no median
    judge_race(student, seconds, repeats, differing())
