"""sentiment: labels read back from the text by rules of this test's own; balance; held-out words; the same everywhere."""

import re
from collections import Counter

import pytest

from course import load_task
from course.data import reviews
from course.data.dice import Dice
from course.data.tasks import sentiment

SPLITS = {split: sentiment.make(split, 0) for split in ("train", "validation", "test")}
ROWS = [row for rows in SPLITS.values() for row in rows]
GOOD, BAD = set(reviews.PRAISE), set(reviews.BLAME)
POLAR = re.compile(rf"\b({'|'.join((*reviews.PRAISE, *reviews.BLAME))})\b")
# what leaves the word as it is; every other negation turns it round
KEEPS = re.compile(r"deny|doubts|secret|well known, but|not only|nothing but|help calling")
NEGATES = re.compile(r"(?i)\b(not|nobody|no one|nothing|anything)\b")


def judged(text: str) -> tuple[str, int]:
    """(kind, label) by a reader who knows the words and what although, but and not do."""
    said = [(match[1] in GOOD, match.start()) for match in POLAR.finditer(text)]
    if len(said) == 2:
        concession = re.search(r"(?i)\b(although|though)\b", text)
        if concession and concession.start() > 0:
            return "contrast", int(said[0][0])  # the main clause comes first
        return "contrast", int(said[1][0])
    ((good, _),) = said
    if not NEGATES.search(text):
        return "plain", int(good)
    return "negation", int(good if KEEPS.search(text) else not good)


def test_labels_and_kinds_follow_from_the_text():
    for row in ROWS:
        assert judged(row["text"]) == (row["kind"], row["label"]), row


def test_the_words_have_the_polarity_english_gives_them():
    assert not GOOD & BAD
    assert {"wonderful", "superb", "good"} <= GOOD and {"awful", "bad", "dreadful"} <= BAD


def test_a_third_of_each_kind_half_and_half():
    for rows in SPLITS.values():
        cells = Counter((row["kind"], row["label"]) for row in rows)
        assert len(cells) == 6 and max(cells.values()) - min(cells.values()) <= 1
    assert len({row["text"] for row in ROWS}) == len(ROWS)


def test_words_are_held_out():
    words = {
        split: {word for row in rows for word in POLAR.findall(row["text"])} for split, rows in SPLITS.items()
    }
    assert not words["train"] & words["test"] and not words["train"] & words["validation"]
    assert not words["validation"] & words["test"] and len(words["train"]) == 36


def test_no_word_of_a_contrast_or_a_negation_goes_with_a_label():
    """Within these kinds every frequent word is about as often in praise as in blame: counting words is worth nothing."""
    for kind in ("contrast", "negation"):
        rows = [row for row in SPLITS["train"] if row["kind"] == kind]
        seen = Counter(word for row in rows for word in set(re.findall(r"\w+", row["text"].lower())))
        praise = Counter(
            word for row in rows if row["label"] for word in set(re.findall(r"\w+", row["text"].lower()))
        )
        for word, n in seen.items():
            if n >= 100:
                assert abs(praise[word] / n - 0.5) < 0.16, (kind, word, praise[word], n)


def test_the_reason_names_the_word():
    for row in ROWS:
        assert f"'{row['word']}'" in row["reason"] and re.search(rf"\b{row['word']}\b", row["text"])
        assert row["reason"].endswith(".") and row["text"].endswith(".")


def test_the_english():
    verdicts = [reviews.verdict(Dice(i)) for i in range(500)]
    for text in [row["text"] for row in ROWS] + verdicts:
        assert text[0].isupper() and len(text.split()) >= 5
        assert not re.search(r"\s\s|\s[,.]|[{}]|,,|[.].|\b(\w+) \1\b", text), text
        assert not re.search(r"\b[Aa] [aeiou]|\b[Aa]n [^aeiou]", text), text
        # "it" for one thing, "they" and "them" for several
        many = re.search(r"\bthe (\w+s|cherries) in [A-Z]\w+ (was|were)\b", text)
        if many and many[2] == "were":
            assert not re.search(r"\b(it was|found it|called it|thought it)\b", text), text


def test_verdicts_tell_consequences_that_agree():
    """In text to pretrain on, what follows from a review agrees with its main clause."""
    good = re.compile(
        r"(?i)should try|do order|asked for more|go there soon|go back|do visit|do not miss|clapped|go and see"
    )
    bad = re.compile(
        r"(?i)do not order|back$|nobody finished|do not go there|left at once|stay away|do not watch|walked out|save your"
    )
    kinds = Counter()
    for i in range(3000):
        text = reviews.verdict(Dice("verdict", i))
        if found := re.match(r"(.+), so ([^,]+)\.$", text):
            review, end = found.groups()
        elif found := re.match(r"([^,]+), because (.+)\.$", text):
            end, review = found.groups()
        else:
            assert len({word in GOOD for word in POLAR.findall(text)}) == 1 and " and " in text
            continue
        kind, label = judged(review)
        assert bool(good.search(end)) is bool(label) and bool(bad.search(end) and "go back" not in end) is (
            not label
        ), text
        kinds[kind] += 1
    assert min(kinds.values()) > 300 and kinds["plain"] > kinds["contrast"] + kinds["negation"]


def test_the_loader_gives_the_columns():
    data = load_task("sentiment", n=20)
    assert data.column_names == ["text", "label", "kind", "topic", "word", "reason"]
    assert load_task("sentiment", n=20)[:5] == load_task("sentiment", n=5)[:]


@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds(seed):
    rows = sentiment.make("test", seed)
    assert rows != SPLITS["test"] and all(judged(row["text"]) == (row["kind"], row["label"]) for row in rows)
