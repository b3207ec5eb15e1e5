"""Summaries: the rule that the module states, followed by a reader who knows nothing of the generator."""

import re
from collections import Counter

from benchmarks import matchers
from course import load_task, microworld
from course.data import names
from course.data.tasks import summaries
from tests.tasks.reading import FIRST, faults, read

WORLD = microworld(0)
ROWS = {split: summaries.make(split, 0) for split in ("train", "validation", "test")}
SAMPLE = [*ROWS["train"][:600], *ROWS["test"]]
HE = dict.fromkeys(names.SHE, "she") | dict.fromkeys(names.HE, "he")


def test_columns_and_sizes():
    data = load_task("summaries", n=10, split="validation")
    assert data.column_names == ["text", "summary", "person", "reason"]
    assert {split: len(rows) for split, rows in ROWS.items()} == summaries.SIZES
    texts = [row["text"] for rows in ROWS.values() for row in rows]
    assert len(set(texts)) == len(texts)
    assert all(35 <= len(text.split()) <= 62 for text in texts)


def test_the_summary_tells_the_first_two_things_of_whom_most_is_told():
    for row in SAMPLE:
        facts = read(row["text"])
        (main, most), *rest = Counter(fact.person for fact in facts).most_common()
        assert main == row["person"] and most in (4, 5) and all(count <= 2 for _, count in rest) and rest
        first, second = [fact for fact in facts if fact.person == main][:2]
        said = read(row["summary"])
        assert [fact[:4] for fact in said] == [first[:4], second[:4]], (row, said)
        assert first.value in row["reason"] and second.value in row["reason"] and main in row["reason"]
        assert re.findall(rf"\b(?:{FIRST})\b", row["summary"])[0] == main and " and " in row["summary"]


def test_what_the_texts_say_is_true():
    truth = {person.name: person for person in WORLD.people}
    hits = Counter()
    for row in SAMPLE:
        for fact in read(row["text"]):
            if fact.person in truth and fact.relation not in ("home", "friend"):
                assert fact.core == getattr(truth[fact.person], fact.relation), (row["text"], fact)
                hits[fact.relation] += 1
    assert len(hits) == 10 and min(hits.values()) > 50


def test_the_english():
    for row in SAMPLE:
        for text in (row["text"], row["summary"]):
            assert not faults(text, HE), (text, faults(text, HE))


def test_people_of_one_split_are_in_no_other():
    people = {
        split: {word for row in rows for word in re.findall(r"[A-Z]\w+", row["text"])}
        & HE.keys() - {*WORLD.story_names}
        for split, rows in ROWS.items()
    }
    assert not people["train"] & people["test"] and not people["train"] & people["validation"]
    assert not people["validation"] & people["test"] and len(people["test"]) > 20


def test_copying_a_sentence_is_no_summary():
    scores = matchers.summary_scores("test", 0)
    assert scores["first sentence"] < 40 and scores["longest overlap"] < 40 and scores["first with name"] < 60
    openings = Counter(row["text"].split()[0] == row["person"] for row in ROWS["train"])
    assert openings[False] > 0.4 * sum(openings.values())  # often another person, or no person, comes first
