"""similarity: scores worked out again from what the two texts are read to say; overlap of words; people; the same everywhere."""

import re
from collections import Counter

import pytest
import torch

from course import load_task
from course.data.tasks import similarity
from tests.tasks.test_paraphrase import NAME, english, read

SPLITS = {split: similarity.make(split, 0) for split in ("train", "validation", "test")}
ROWS = [row for rows in SPLITS.values() for row in rows[:1500]]


def worked_out(text_a: str, text_b: str) -> float:
    """The rule of the card, from what is read."""
    (who_a, a), (who_b, b) = (
        ({who for who, _, _ in told}, {relation: value for _, relation, value in told})
        for told in (read(text_a), read(text_b))
    )
    assert len(who_a) == len(who_b) == 1 and len(a) == len(b) == 2, (text_a, text_b)
    total = 0.0
    for heading, value in a.items():
        if heading not in b:
            total += 0.5 if who_a == who_b else 0
        elif b[heading] == value:
            total += 2.5 if who_a == who_b else 1
        else:
            total += 1.5 if who_a == who_b else 0.5
    return total


def test_the_score_follows_from_the_two_texts():
    for row in ROWS:
        assert worked_out(row["text_a"], row["text_b"]) == row["score"], row
        assert worked_out(row["text_b"], row["text_a"]) == row["score"]


def test_the_points_in_the_reason_add_up():
    for row in ROWS:
        points = [float(number) for number in re.findall(r"\((\d\.\d)\)", row["reason"])]
        assert len(points) == 2 and sum(points) == row["score"] and row["reason"].endswith(")."), row


def test_the_scores_are_spread():
    for rows in SPLITS.values():
        counts = Counter(row["score"] for row in rows)
        assert set(counts) == {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0}
        assert min(counts.values()) > len(rows) / 20 and max(counts.values()) < len(rows) / 4
    every = [row for rows in SPLITS.values() for row in rows]
    assert len({tuple(sorted((row["text_a"], row["text_b"]))) for row in every}) == len(every)


def shared(row: dict) -> float:
    """Common words in all words."""
    a, b = (set(re.findall(r"\w+", row[column].lower())) for column in ("text_a", "text_b"))
    return len(a & b) / len(a | b)


def test_common_words_do_not_tell_the_score():
    rows = SPLITS["train"]
    both = torch.tensor([[shared(row), row["score"]] for row in rows]).T
    assert abs(torch.corrcoef(both)[0, 1]) < 0.35
    assert (
        sum(shared(row) > 0.6 for row in rows if row["score"] <= 2) > 200
    )  # nearly the same words, little in common
    assert sum(shared(row) < 0.35 for row in rows if row["score"] == 5) > 100  # other words, the same said


def test_people_are_held_out():
    seen = {split: {n for row in rows for n in NAME.findall(row["text_a"])} for split, rows in SPLITS.items()}
    assert not seen["train"] & seen["test"] and not seen["train"] & seen["validation"]
    assert not seen["validation"] & seen["test"] and len(seen["train"]) > 100


def test_the_english():
    for row in ROWS:
        english(row["text_a"]), english(row["text_b"])
        assert row["text_a"] != row["text_b"]


@pytest.mark.parametrize("seed", [1])
def test_other_seeds(seed):
    rows = similarity.make("test", seed)
    assert rows != SPLITS["test"] and all(
        worked_out(row["text_a"], row["text_b"]) == row["score"] for row in rows
    )


def test_the_loader_gives_the_columns():
    assert load_task("similarity", n=5).column_names == ["text_a", "text_b", "score", "kind", "reason"]
