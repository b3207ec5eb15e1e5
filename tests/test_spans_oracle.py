"""The oracles of span corruption: numbers as T5's published rule gives them, and real ids that come back after a round trip."""

import random
from pathlib import Path

import numpy as np
import pytest

from autograder.checks.lab08_t5.corruption import random_mask, together, written
from autograder.checks.lab08_t5.spans import case_of
from course.checks.lab08_t5.cuts import even, ways_of
from tests.answers import variants

MODEL = Path("../shared/data/t5-sentencepiece.model")
SENTINELS = list(range(32_099, 31_999, -1))
TEXT = (
    "Span corruption hides some of a text; what is hidden is told behind sentinels, so that nothing is lost. "
)


def numbers(length, rate, mean):
    """(hidden tokens, spans) by the rule of Raffel et al. 2020, section 3.1.4, as their code rounds (to the even one).

    Nothing there keeps the spans from being more than the kept tokens, of which each needs one; the lab adds that.
    """
    noise = int(np.clip(np.round(np.float64(length) * rate), 1, length - 1))
    return noise, min(max(int(np.round(noise / mean)), 1), length - noise)


@pytest.mark.parametrize(
    ("rate", "mean"), [(0.15, 3.0), (0.5, 3.0), (0.5, 2.0), (0.25, 2.0), (0.9, 1.0), (0.15, 10.0), (0.0, 3.0), (1.0, 3.0)]
)  # fmt: skip
def test_the_numbers_are_those_of_the_published_rule(rate, mean):
    for length in range(2, 2049):
        assert tuple(case_of(length, rate, mean)[3:]) == numbers(length, rate, mean), length


def test_the_numbers_under_random_settings():
    rng = random.Random(0)
    for _ in range(20_000):
        given = rng.randint(2, 2048), rng.random(), rng.uniform(1, 12)
        assert tuple(case_of(*given)[3:]) == numbers(*given), given


def test_even_draws_are_told_from_uneven_ones():
    """A thousand times each, as many draws as the checks make."""
    rng = random.Random(1)
    for cells in (3, 9, 36, 100):
        for _ in range(250):
            counts, skewed = [0] * cells, [0] * cells
            for _ in range(20 * cells if cells > 9 else 360):
                counts[rng.randrange(cells)] += 1
                skewed[int(cells * rng.random() ** 3)] += 1
            assert even(counts, cells)
            assert not even(skewed, cells)


def test_the_ways_to_cut_are_all_there():
    assert ways_of(4, 2) == [(1, 3), (2, 2), (3, 1)]
    assert len(ways_of(7, 3)) == len(set(ways_of(7, 3))) == 15
    assert all(sum(way) == 7 and min(way) > 0 for way in ways_of(7, 3))


def test_real_ids_come_back():
    if not MODEL.exists():
        pytest.skip("T5's own SentencePiece model is not there; its ids stand in shared/data")
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(MODEL))
    ids, rng = pieces.encode(TEXT * 4), random.Random(2)
    assert pieces.eos_id() == 1 and pieces.get_piece_size() == 32_000
    answers = {name: variants("lab08_t5", name)["the_parts_of_this_file"].make() for name in ("noise_spans", "corrupt", "restore")}  # fmt: skip
    for seed in range(200):
        tokens = ids[: rng.randint(2, len(ids))]
        drawn = answers["noise_spans"](len(tokens), rng.uniform(0.1, 0.6), rng.uniform(1.5, 6), seed)
        masks = [drawn, random_mask(rng, len(tokens))[:120] + [False] * (len(tokens) - 120)]
        for mask in masks:
            rows = written(tokens, mask, SENTINELS, pieces.eos_id())
            assert rows == answers["corrupt"](tokens, mask, SENTINELS, pieces.eos_id())
            back = together(*rows, SENTINELS, pieces.eos_id())
            assert back == tokens == answers["restore"](*rows, SENTINELS, pieces.eos_id())
