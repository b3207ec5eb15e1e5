"""The oracles of `matthews` and `pearson_spearman` give what scikit-learn and scipy give, and so do the numbers of the visible checks."""

import random

import pytest
from scipy import stats
from sklearn.metrics import matthews_corrcoef

from autograder.checks.lab09_text_to_text import correlations, ranks
from course.checks.lab09_text_to_text import correlations as visible
from course.checks.lab09_text_to_text import ranks as visible_ranks


def by_sklearn(labels, guesses):
    return matthews_corrcoef(labels, [1 - x if y is None else y for x, y in zip(labels, guesses, strict=True)])  # fmt: skip


def by_scipy(truth, guesses):
    if len(set(truth)) < 2 or len(set(guesses)) < 2:
        return 0.0, 0.0
    return stats.pearsonr(truth, guesses).statistic, stats.spearmanr(truth, guesses).statistic


@pytest.mark.filterwarnings("ignore:A single label was found")
def test_the_oracle_of_matthews():
    rng, found = random.Random(0), set()
    for _ in range(1_500):
        kinds = rng.choice(((0, 1), (0, 1), (0, 1, None), (0,), (1,), (1, None), (None,)))
        labels = [rng.choice(rng.choice(((0, 1), (0,), (1,)))) for _ in range(rng.randint(1, 30))]
        labels = labels if rng.random() < 0.8 else labels[:1] * len(labels)
        guesses = [rng.choice(kinds) for _ in labels]
        got = correlations.oracle(labels, guesses)
        assert got == pytest.approx(by_sklearn(labels, guesses), abs=1e-12), (labels, guesses)
        found.add(round(got, 3))
    assert len(found) > 300
    assert correlations.oracle([], []) == 0


@pytest.mark.filterwarnings("ignore:A single label was found")
def test_the_numbers_of_the_visible_check_of_matthews():
    for case in visible.MIXED + visible.NO_ANSWERS + visible.NOTHING + visible.MANY:
        assert case.truth == pytest.approx(correlations.oracle(case.labels, case.guesses), abs=1e-7)
        if case.labels:
            assert case.truth == pytest.approx(by_sklearn(case.labels, case.guesses), abs=1e-7)


def test_the_oracle_of_pearson_spearman():
    rng, found = random.Random(0), set()
    for _ in range(600):
        n, scale = rng.randint(2, 20), rng.choice((1e-6, 1, 1, 1e6))
        own = [rng.uniform(-1, 1) * scale for _ in range(rng.randint(1, 12))]
        truth, guesses = ([rng.choice(own) for _ in range(n)] for _ in range(2))
        if rng.random() < 0.3:
            guesses = [rng.uniform(-1, 1) for _ in truth]
        got = ranks.pearson(truth, guesses), ranks.spearman(truth, guesses)
        assert got == pytest.approx(by_scipy(truth, guesses), abs=1e-9), (truth, guesses)
        found.add(round(got[1], 3))
    assert len(found) > 200
    assert ranks.pearson([0.1] * 3, [0.1] * 3) == ranks.spearman([], []) == ranks.pearson([1], [2]) == 0


def test_the_numbers_of_the_visible_check_of_pearson_spearman():
    cases = visible_ranks.APART + visible_ranks.TIES + visible_ranks.EQUAL + visible_ranks.FAR
    for case in cases:
        truth = pytest.approx((case.pearson, case.spearman), abs=1e-7)
        assert by_scipy(case.truth, case.guesses) == truth, case
        assert (ranks.pearson(case.truth, case.guesses), ranks.spearman(case.truth, case.guesses)) == truth
