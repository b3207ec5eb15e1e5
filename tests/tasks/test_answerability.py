"""Can the passage answer the question: labels as another reader finds them, and nothing in the words to tell them by."""

import re
from collections import Counter, defaultdict

import torch

from benchmarks.baselines import bag_of_words
from course import load_task, microworld
from course.data import names
from course.data.tasks import answerability
from tests.tasks.reading import FIRST, faults, read, read_question

ROWS = {split: answerability.make(split, 0) for split in ("train", "validation", "test")}
SAMPLE = [*ROWS["train"][:600], *ROWS["test"]]
HE = dict.fromkeys(names.SHE, "she") | dict.fromkeys(names.HE, "he")


def test_columns_and_balance():
    data = load_task("answerability", n=10, split="validation")
    assert data.column_names == ["context", "question", "label", "person", "relation", "reason"]
    for split, rows in ROWS.items():
        assert len(rows) == answerability.SIZES[split]
        assert Counter(row["label"] for row in rows) == {0: len(rows) / 2, 1: len(rows) / 2}
        assert len({(row["context"], row["question"]) for row in rows}) == len(rows)


def test_labels_follow_from_the_passage_as_another_reader_reads_it():
    for row in SAMPLE:
        name, relation = read_question(row["question"])
        assert (name, relation) == (row["person"], row["relation"])
        facts = read(row["context"])
        told = [fact.value for fact in facts if (fact.person, fact.relation) == (name, relation)]
        assert len(told) == row["label"], row
        if told:
            assert told[0] in row["reason"] and f"that {name} " in row["reason"]
        else:
            others = [fact.person for fact in facts if fact.relation == relation]
            assert others and re.findall(rf"\b(?:{FIRST})\b", row["reason"]) == [*others, name]
        assert not faults(row["context"], HE)


def test_the_two_questions_of_a_passage_differ_in_the_person_only():
    pairs = defaultdict(list)
    for rows in ROWS.values():
        for row in rows:
            pairs[row["context"]].append(row)
    assert len(pairs) == sum(answerability.SIZES.values()) / 2
    for pair in pairs.values():
        assert sorted(row["label"] for row in pair) == [0, 1] and len({row["relation"] for row in pair}) == 1
        assert len({row["person"] for row in pair}) == 2 and all(
            row["person"] in row["context"] for row in pair
        )
    for row in SAMPLE:  # as much is told of one as of the other
        assert len({*Counter(fact.person for fact in read(row["context"])).values()}) == 1


def test_people_of_one_split_are_in_no_other():
    story = set(microworld(0).story_names)
    people = {
        split: {word for row in rows for word in re.findall(r"[A-Z]\w+", row["context"])} & HE.keys() - story
        for split, rows in ROWS.items()
    }
    assert not people["train"] & people["test"] and not people["train"] & people["validation"]
    assert not people["validation"] & people["test"] and len(people["test"]) > 20


def test_words_do_not_tell():
    torch.set_num_threads(1)
    train, test = (
        [((row["context"], row["question"]), row["label"]) for row in rows]
        for rows in (ROWS["train"][:600], ROWS["test"])
    )
    assert bag_of_words(train, test, steps=30) < 0.56
