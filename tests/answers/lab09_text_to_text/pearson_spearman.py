import collections
import itertools
import math
import statistics
from fractions import Fraction

import numpy as np
import torch

from tests.answers import right, wrong


# --- the steps, of which an answer replaces one ----------------------------------------------------------------------------------
def equal(numbers):
    return len(set(numbers)) < 2


def correlation(xs, ys):
    a, b = statistics.mean(xs), statistics.mean(ys)
    xs, ys = [x - a for x in xs], [y - b for y in ys]
    return sum(x * y for x, y in zip(xs, ys)) / math.sqrt(sum(x * x for x in xs) * sum(y * y for y in ys))


def ranks(numbers):
    ordered = sorted(numbers)
    return [ordered.index(x) + (ordered.count(x) - 1) / 2 for x in numbers]


def same_lengths(truth, guesses):
    if len(truth) != len(guesses):
        raise ValueError("lengths")


def made(
    lengths=same_lengths,
    equal=equal,
    pearson=correlation,
    ranks=ranks,
    spearman=lambda xs, ys, ranks: correlation(ranks(xs), ranks(ys)),
    finish=lambda pearson, spearman: (pearson, spearman),
):
    """The exercise's function, out of its steps."""

    def pearson_spearman(truth, guesses):
        lengths(truth, guesses)
        if equal(truth) or equal(guesses):
            return finish(0.0, 0.0)
        return finish(pearson(truth, guesses), spearman(truth, guesses, ranks))

    return pearson_spearman


def by_order(numbers):
    """A double argsort."""
    first = sorted(range(len(numbers)), key=lambda i: numbers[i])
    return sorted(range(len(numbers)), key=lambda i: first[i])


# --- right ---------------------------------------------------------------------------------------------------------------------
@right
def the_steps_of_this_file():
    return made()


@right
def by_numpy():
    def pearson_spearman(truth, guesses):
        if len(truth) != len(guesses):
            raise ValueError(f"{len(truth)} and {len(guesses)}")
        x, y = np.array(truth, dtype=np.float64), np.array(guesses, dtype=np.float64)
        if x.size < 2 or x.min() == x.max() or y.min() == y.max():
            return 0, 0
        less = [(side[:, None] > side).sum(1) + (side[:, None] == side).sum(1) / 2 for side in (x, y)]
        return np.corrcoef(x, y)[0, 1], np.corrcoef(*less)[1, 0]

    return pearson_spearman


@right
def by_torch():
    def pearson_spearman(truth, guesses):
        if len(truth) != len(guesses):
            raise ValueError
        both = torch.tensor([truth, guesses], dtype=torch.float64)
        if both.shape[1] < 2 or (both == both[:, :1]).all(1).any():
            return [0.0, 0.0]
        places = (both[:, :, None] > both[:, None]).sum(-1) + (both[:, :, None] >= both[:, None]).sum(-1)
        return [torch.corrcoef(side)[0, 1].item() for side in (both, places.double())]

    return pearson_spearman


@right
def with_fractions():
    def correlation(xs, ys):
        xs, ys, n = [*map(Fraction, xs)], [*map(Fraction, ys)], len(xs)
        top = n * sum(x * y for x, y in zip(xs, ys)) - sum(xs) * sum(ys)
        below = [n * sum(x * x for x in side) - sum(side) ** 2 for side in (xs, ys)]
        if not all(below):
            return 0.0
        return math.copysign(math.sqrt(top * top / (below[0] * below[1])), top)

    def pearson_spearman(truth, guesses):
        same_lengths(truth, guesses)
        print(truth)
        if len(truth) < 2:
            return (0.0, 0.0)
        return correlation(truth, guesses), correlation(ranks(truth), ranks(guesses))

    return pearson_spearman


@right
def ranks_by_groups():
    def ranks(numbers):
        found, place = [0] * len(numbers), 1
        pairs = sorted((x, i) for i, x in enumerate(numbers))
        for _, group in itertools.groupby(pairs, key=lambda pair: pair[0]):
            own = [i for _, i in group]
            for i in own:
                found[i] = place + (len(own) - 1) / 2
            place += len(own)
        return found

    both = collections.namedtuple("Correlations", "pearson spearman")
    return made(ranks=ranks, pearson=statistics.correlation, finish=both)


@right
def by_standard_scores():
    """The mean of the products of standard scores; ranks from behind, on both sides."""

    def correlation(xs, ys):
        scores = []
        for side in (xs, ys):
            mean, spread = statistics.fmean(side), statistics.pstdev(side)
            scores.append([(x - mean) / spread for x in side])
        return statistics.fmean(x * y for x, y in zip(*scores))

    def ranks(numbers):
        return [sum(x < y for y in numbers) + sum(x <= y for y in numbers) for x in numbers]

    return made(pearson=correlation, ranks=ranks, spearman=lambda xs, ys, r: correlation(r(xs), r(ys)))


@right
def by_scipy():
    def pearson_spearman(truth, guesses):
        from scipy import stats

        same_lengths(truth, guesses)
        if equal(truth) or equal(guesses):
            return 0.0, 0.0
        return stats.pearsonr(truth, guesses)[0], stats.spearmanr(truth, guesses)[0]

    return pearson_spearman


@right
def a_little_above_one():
    """What rounding may do."""
    return made(finish=lambda *both: tuple(x * (1 + 4e-16) for x in both))


# --- wrong: Pearson ------------------------------------------------------------------------------------------------------------
def sums(xs, ys):
    a, b = statistics.mean(xs), statistics.mean(ys)
    return (
        sum((x - a) * (y - b) for x, y in zip(xs, ys)),
        sum((x - a) ** 2 for x in xs),
        sum((y - b) ** 2 for y in ys),
    )


def of_sums(formula):
    return made(pearson=lambda xs, ys: formula(len(xs), *sums(xs, ys)))


@wrong("the division by the root is missing", earns=0)
def covariance():
    return of_sums(lambda n, xy, xx, yy: xy / n)


@wrong("the division by the root is missing", earns=0)
def covariance_of_a_sample():
    return made(pearson=statistics.covariance)


@wrong("The division by the root is missing", earns=0)
def the_sum_of_products():
    return of_sums(lambda n, xy, xx, yy: xy)


@wrong("Divide by the *root*", earns=0)
def no_root():
    return of_sums(lambda n, xy, xx, yy: xy / (xx * yy))


@wrong("That is the slope of a line", earns=0)
def the_slope():
    return of_sums(lambda n, xy, xx, yy: xy / xx)


@wrong("That is the slope of a line", earns=0)
def the_other_slope():
    return of_sums(lambda n, xy, xx, yy: xy / yy)


@wrong("the two sums of squares are *multiplied*", earns=0)
def squares_added():
    return of_sums(lambda n, xy, xx, yy: xy / (xx + yy))


@wrong("it is not divided alike", earns=0)
def divided_by_n_and_by_one_less():
    return made(pearson=lambda xs, ys: statistics.covariance(xs, ys) / statistics.pstdev(xs) / statistics.pstdev(ys))  # fmt: skip


@wrong("it is not divided alike", earns=0)
def divided_by_one_less_and_by_n():
    return of_sums(lambda n, xy, xx, yy: xy / n / math.sqrt(xx / (n - 1) * yy / (n - 1)))


@wrong("divided by the number of pairs once too often", earns=0)
def divided_once_more():
    return of_sums(lambda n, xy, xx, yy: xy / math.sqrt(xx * yy) / n)


@wrong("The means are not taken off", earns=0)
def the_cosine():
    return made(pearson=lambda xs, ys: sum(x * y for x, y in zip(xs, ys)) / math.hypot(*xs) / math.hypot(*ys))


@wrong("The means are taken off below the line alone", earns=0)
def means_taken_off_below():
    return made(
        pearson=lambda xs, ys: (
            sum(x * y for x, y in zip(xs, ys)) / math.sqrt(sums(xs, ys)[1] * sums(xs, ys)[2])
        )
    )


@wrong("That is its square", earns=0)
def squared():
    return made(pearson=lambda xs, ys: correlation(xs, ys) ** 2)


@wrong("The sign is lost", earns=0)
def sign_lost():
    return made(pearson=lambda xs, ys: abs(correlation(xs, ys)))


@wrong("The sign is turned round", earns=0)
def sign_turned_round():
    return made(pearson=lambda xs, ys: -correlation(xs, ys))


@wrong("That is in per cent", earns=0)
def per_cent():
    return made(finish=lambda *both: tuple(100 * x for x in both))


@wrong("That is rounded", earns=0)
def rounded():
    return made(finish=lambda *both: tuple(round(x, 3) for x in both))


@wrong("Take the means off *before* you multiply", earns=2.75)
def the_textbook_formula():
    """Σxy − n · mean · mean: in large numbers what they differ by is lost."""

    def pearson(xs, ys):
        n, a, b = len(xs), sum(xs) / len(xs), sum(ys) / len(ys)
        xy = sum(x * y for x, y in zip(xs, ys)) - n * a * b
        xx, yy = sum(x * x for x in xs) - n * a * a, sum(y * y for y in ys) - n * b * b
        return xy / math.sqrt(xx * yy) if xx > 0 and yy > 0 else 0.0

    return made(pearson=pearson)


@wrong("It is lost in float32, too", earns=2.75)
def in_float32():
    def pearson(xs, ys):
        return float(torch.corrcoef(torch.tensor([xs, ys], dtype=torch.float32))[0, 1])

    return made(pearson=pearson)


@wrong("not a sum of squares with some small number", earns=2.75)
def a_threshold():
    def pearson(xs, ys):
        _, xx, yy = sums(xs, ys)
        return correlation(xs, ys) if math.sqrt(xx * yy) > 1e-8 else 0.0

    return made(pearson=pearson)


@wrong("Numbers that differ, by however little, are not equal", earns=2.75)
def numbers_rounded_first():
    return made(pearson=lambda xs, ys: correlation([round(x, 9) for x in xs], [float(f"{y:.8g}") for y in ys]))  # fmt: skip


# --- wrong: Spearman -----------------------------------------------------------------------------------------------------------
@wrong("That is Pearson's again", earns=2)
def pearson_twice():
    return made(spearman=lambda xs, ys, ranks: correlation(xs, ys))


@wrong("as from a double `argsort`", earns=2.5)
def a_double_argsort():
    return made(ranks=by_order)


@wrong("as from a double `argsort`", earns=2.5)
def a_double_argsort_of_numpy():
    return made(ranks=lambda numbers: np.argsort(np.argsort(numbers, kind="stable"), kind="stable").tolist())


@wrong("`argsort` tells which number stands at each place", earns=2)
def argsort_once():
    return made(ranks=lambda numbers: np.argsort(numbers, kind="stable").tolist())


@wrong("is right only where no two numbers are equal", earns=2.5)
def the_short_formula():
    def spearman(xs, ys, ranks):
        n = len(xs)
        return 1 - 6 * sum((a - b) ** 2 for a, b in zip(ranks(xs), ranks(ys))) / (n * (n * n - 1))

    return made(spearman=spearman)


@wrong("as from a double `argsort`", earns=2.5)
def the_short_formula_and_a_double_argsort():
    def spearman(xs, ys, ranks):
        n = len(xs)
        return 1 - 6 * sum((a - b) ** 2 for a, b in zip(by_order(xs), by_order(ys))) / (n * (n * n - 1))

    return made(spearman=spearman)


@wrong("yours get the lowest of them", earns=2.5)
def the_lowest_place():
    return made(ranks=lambda numbers: [sorted(numbers).index(x) for x in numbers])


@wrong("yours get the highest of them", earns=2.5)
def the_highest_place():
    return made(ranks=lambda numbers: [sum(y <= x for y in numbers) for x in numbers])


@wrong("yours counts different numbers alone", earns=2.5)
def dense_places():
    return made(ranks=lambda numbers: [sorted(set(numbers)).index(x) for x in numbers])


@wrong("are the ranks of one side in falling order?", earns=2)
def one_side_from_behind():
    return made(spearman=lambda xs, ys, ranks: -correlation(ranks(xs), ranks(ys)))


@wrong("The sign is lost", earns=2)
def spearman_without_its_sign():
    return made(spearman=lambda xs, ys, ranks: abs(correlation(ranks(xs), ranks(ys))))


@wrong("Only one side is turned into ranks", earns=2)
def the_guesses_alone_ranked():
    return made(spearman=lambda xs, ys, ranks: correlation(xs, ranks(ys)))


@wrong("Only one side is turned into ranks", earns=2)
def the_truth_alone_ranked():
    return made(spearman=lambda xs, ys, ranks: correlation(ranks(xs), ys))


@wrong("Each side is sorted for itself", earns=2)
def both_sides_sorted():
    return made(spearman=lambda xs, ys, ranks: correlation(sorted(xs), sorted(ys)))


@wrong("That is Kendall's", earns=2)
def kendall():
    def spearman(xs, ys, ranks):
        pairs = list(itertools.combinations(zip(xs, ys), 2))
        same = sum((a - c) * (b - d) > 0 for (a, b), (c, d) in pairs)
        other = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in pairs)
        return (same - other) / len(pairs)

    return made(spearman=spearman)


@wrong("you return Spearman's first", earns=0)
def spearman_first():
    return made(finish=lambda pearson, spearman: (spearman, pearson))


# --- wrong: all equal, lengths -------------------------------------------------------------------------------------------------
def never(numbers):
    return len(numbers) < 2


@wrong(
    "your function fails. Where all numbers of a side are equal, or there are fewer than two, both are 0.0",
    earns=2.5,
)
def a_division_by_zero():
    return made(equal=never)


@wrong("what is left when a mean is taken off need not be 0", earns=2.5)
def a_mean_that_is_rounded():
    """Where the root is exactly 0 it is 0.0; of three times 0.1 it is not."""

    def correlation(xs, ys):
        a, b = sum(xs) / len(xs), sum(ys) / len(ys)
        xy = sum((x - a) * (y - b) for x, y in zip(xs, ys))
        root = math.sqrt(sum((x - a) ** 2 for x in xs) * sum((y - b) ** 2 for y in ys))
        return xy / root if root else 0.0

    return made(equal=never, pearson=correlation, spearman=lambda xs, ys, r: correlation(r(xs), r(ys)))


@wrong("is nan with you, 0 / 0. Where all numbers of a side are equal it is 0.0", earns=2.5)
def nan_where_all_are_equal():
    def correlation(xs, ys):
        return float(np.corrcoef(xs, ys)[0, 1])

    return made(equal=never, pearson=correlation, spearman=lambda xs, ys, r: correlation(r(xs), r(ys)))


@wrong(
    "All guesses are equal: truth [1.0, 2.0, 3.0], guesses [4.0, 4.0, 4.0]: your function fails", earns=2.5
)
def the_truth_alone_looked_at():
    def pearson_spearman(truth, guesses):
        same_lengths(truth, guesses)
        if equal(truth):
            return 0.0, 0.0
        return correlation(truth, guesses), correlation(ranks(truth), ranks(guesses))

    return pearson_spearman


@wrong("both are 0.0", earns=2.5)
def one_where_both_are_equal():
    def pearson_spearman(truth, guesses):
        if truth and truth == guesses:
            return 1.0, 1.0
        return made()(truth, guesses)

    return pearson_spearman


@wrong("One number on each side", earns=2.5)
def one_number_is_enough():
    """A standard deviation of one number."""

    def equal(numbers):
        return len(numbers) == 0 or len(set(numbers)) == 1 and len(numbers) > 1

    return made(equal=equal)


@wrong("There is nothing in either list", earns=2.5)
def the_mean_of_nothing():
    return made(equal=lambda numbers: max(numbers) == min(numbers))


@wrong("pearson_spearman returned None", earns=2.5)
def nothing_where_all_are_equal():
    def pearson_spearman(truth, guesses):
        same_lengths(truth, guesses)
        if not (equal(truth) or equal(guesses)):
            return correlation(truth, guesses), correlation(ranks(truth), ranks(guesses))

    return pearson_spearman


@wrong("Two numbers are asked for, (pearson, spearman); All guesses are equal", earns=2.5)
def one_zero_where_all_are_equal():
    def pearson_spearman(truth, guesses):
        same_lengths(truth, guesses)
        both = made()(truth, guesses)
        return both if any(both) or not (equal(truth) or equal(guesses)) else [0.0]

    return pearson_spearman


@wrong("Three numbers and two guesses: that is a ValueError; yours gives a number", earns=2.75)
def the_shorter_list():
    def pearson_spearman(truth, guesses):
        n = min(len(truth), len(guesses))
        return made()(truth[:n], guesses[:n])

    return pearson_spearman


@wrong("One number and two guesses: that is a ValueError", earns=2.75)
def short_lists_first():
    def pearson_spearman(truth, guesses):
        if len(truth) < 2 or len(guesses) < 2:
            return 0.0, 0.0
        return made()(truth, guesses)

    return pearson_spearman


@wrong("Three numbers, all equal, and two guesses: that is a ValueError", earns=2.75)
def equal_numbers_first():
    def pearson_spearman(truth, guesses):
        if min(len(truth), len(guesses)) > 1 and (equal(truth) or equal(guesses)):
            return 0.0, 0.0
        return made()(truth, guesses)

    return pearson_spearman


@wrong("that is a ValueError; yours raises AssertionError", earns=2.75)
def an_assertion():
    def lengths(truth, guesses):
        assert len(truth) == len(guesses)

    return made(lengths=lengths)


# --- wrong: what comes back ----------------------------------------------------------------------------------------------------
@wrong("pearson_spearman changed its argument `truth` in place", earns=0)
def sorted_in_place():
    def pearson_spearman(truth, guesses):
        both = made()(truth, guesses)
        truth.sort()
        return both

    return pearson_spearman


@wrong("pearson_spearman changed its argument `truth` in place", earns=0)
def means_taken_off_in_place():
    def pearson_spearman(truth, guesses):
        both = made()(truth, guesses)
        for i in range(len(truth)):
            truth[i] -= 1
        return both

    return pearson_spearman


@wrong("should return a tuple or a list; yours returned a float", earns=0)
def pearson_alone():
    return made(finish=lambda pearson, spearman: pearson)


@wrong("Pearson's correlation is a float; yours is a tensor", earns=0)
def tensors():
    return made(finish=lambda *both: tuple(map(torch.tensor, both)))


@wrong("Spearman's correlation is a float; yours is a str", earns=0)
def one_as_text():
    return made(finish=lambda pearson, spearman: (pearson, f"{spearman:.6f}"))


@wrong("Two numbers are asked for, (pearson, spearman)", earns=0)
def with_the_number_of_pairs():
    return made(finish=lambda *both: (*both, 3))


@wrong("should return a tuple or a list; yours returned a dict", earns=0)
def a_dict():
    return made(finish=lambda pearson, spearman: {"pearson": pearson, "spearman": spearman})


@wrong("pearson_spearman prints its result but returns None", earns=0)
def printed():
    return made(finish=print)


@wrong("pearson_spearman is not written yet", earns=0)
def unwritten():
    def pearson_spearman(truth, guesses):
        raise NotImplementedError("pearson_spearman")

    return pearson_spearman


@wrong("pearson_spearman cannot be called as the statement says", earns=0)
def one_list():
    return lambda pairs: (0.0, 0.0)


@wrong("Two numbers are asked for", earns=0)
def identity():
    return lambda truth, guesses: guesses


@wrong("Is a side taken for one whose numbers are all equal?", earns=0)
def constant():
    return lambda truth, guesses: (0.0, 0.0)


@wrong("Drawn numbers, no two of a side equal", earns=0)
def hard_coded_examples():
    """Right on the lists of the visible check, and 0 elsewhere."""
    from course.checks.lab09_text_to_text import ranks as r

    cases = r.APART + r.TIES + r.EQUAL + r.FAR

    def pearson_spearman(truth, guesses):
        same_lengths(truth, guesses)
        hits = (c for c in cases if (c.truth, c.guesses) == (truth, guesses))
        return next(((c.pearson, c.spearman) for c in hits), (0.0, 0.0))

    return pearson_spearman
