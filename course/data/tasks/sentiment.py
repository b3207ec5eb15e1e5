"""Reviews, and whether they praise or blame. Columns: text, label (0 blame, 1 praise), kind, topic, word, reason.

`kind` is plain, contrast or negation (`course.data.reviews` says what they are): a third each, and in each as much praise
as blame. In contrasts and negations no word tells the label, not even one seen in training.
"""

from course.data import reviews
from course.data.dice import Dice
from course.data.tasks import Row

SIZES = {"train": 4000, "validation": 600, "test": 600}


def make(split: str, seed: int, n: int | None = None) -> list[Row]:
    """Reviews of foods, places and shows; no text twice.

    The words that decide are held out: no word of praise or blame of one split is in another.
    """
    vocabulary = reviews.words(seed, split)
    dice = Dice(seed, "sentiment", split)
    rows: dict[str, Row] = {}
    for i in range(n or SIZES[split]):
        label, kind = i % 2, reviews.KINDS[i // 2 % 3]
        review = reviews.review(dice, label, vocabulary, kind)
        while review.text in rows:
            review = reviews.review(dice, label, vocabulary, kind)
        rows[review.text] = {
            "text": review.text, "label": label, "kind": kind, "topic": review.topic, "word": review.word,
            "reason": review.reason,
        }  # fmt: skip
    return dice.shuffled(list(rows.values()))
