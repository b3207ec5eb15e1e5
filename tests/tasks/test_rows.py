"""Every task gives the same rows on every machine, and others for another seed; and as many as are wanted."""

import hashlib
import json

import pytest

from autograder.recipes.t5_rows import MORE
from course.data.tasks import TASKS, rows

# of the first 200 rows of `test`; changes only when a task is changed on purpose: then what was measured on it is measured again
DIGESTS = {
    "acceptability": "411026cb057a2c9a",
    "answerability": "8754da33c967ddcc",
    "closed_book": "059c706de5908a77",
    "coreference": "48be25e3d3cba2cc",
    "duplicates": "d6949aa521fe4c84",
    "entailment": "090f8cc88fcaa05b",
    "entities": "e9d5dd6dc4a2af84",
    "paraphrase": "9ebd993b973eb755",
    "questions": "a3af23e8087863c1",
    "sentiment": "cb553dde1da33580",
    "similarity": "d2fbaeba70cc3cbe",
    "summaries": "2d7bc967ab8e1638",
    "translation": "f4901d8d117deea9",
}


@pytest.mark.parametrize("task", TASKS)
def test_the_rows_of_seed_0_are_these_rows(task):
    made = rows(task, "test", 0)
    text = "\n".join(json.dumps(row, sort_keys=True) for row in made[:200])
    assert hashlib.sha256(text.encode()).hexdigest().startswith(DIGESTS[task])
    assert rows(task, "test", 0) == made
    assert rows(task, "test", 1)[:50] != made[:50]


def texts(row):
    """All that is to be read of a row."""
    return " ".join(
        value for key, value in row.items() if isinstance(value, str) and key not in ("id", "reason")
    )


@pytest.mark.slow
@pytest.mark.parametrize("task", MORE)
def test_more_rows_keep_apart_from_the_other_splits(task):
    train = rows(task, "train", 0)
    n = round(MORE[task] * len(train))
    n += n % 2  # twins come together
    made = rows(task, "train", 0, n)
    assert len(made) == n and len({texts(row) for row in made}) > 0.9 * n
    held_out = {texts(row) for split in ("validation", "test") for row in rows(task, split, 0)}
    assert not held_out & {texts(row) for row in made}
    for key in ("person", "word"):  # what is held out
        if key in train[0]:
            assert {row[key] for row in made} == {row[key] for row in train}
