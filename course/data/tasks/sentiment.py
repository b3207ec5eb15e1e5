"""Reviews, and whether they praise or blame. Columns: text, label (0 blame, 1 praise), topic, word, reason."""

from course.data import reviews
from course.data.dice import Dice
from course.data.tasks import Row

SIZES = {"train": 4000, "validation": 600, "test": 600}


def make(split: str, seed: int) -> list[Row]:
    """Single-clause reviews of foods, places and shows; as many of praise (1) as of blame (0); no text twice.

    The words that decide are held out: no word of praise or blame of one split is in another.
    """
    vocabulary = reviews.words(seed, split)
    dice = Dice(seed, "sentiment", split)
    rows: dict[str, Row] = {}
    for i in range(SIZES[split]):
        label = i % 2
        review = reviews.review(dice, label, vocabulary[label])
        while review.text in rows:
            review = reviews.review(dice, label, vocabulary[label])
        rows[review.text] = {
            "text": review.text, "label": label, "topic": review.topic, "word": review.word, "reason": review.reason,
        }  # fmt: skip
    return dice.shuffled(list(rows.values()))
