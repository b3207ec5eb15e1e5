"""Questions on passages: every answer is where it says and true, and no shortcut answers most of them."""

import re
import time
from collections import Counter

import pytest

from benchmarks import matchers
from course import load_task, microworld
from course.data import names, passages
from course.data.tasks import questions
from tests.tasks.reading import FIRST, faults, read, read_question

WORLD = microworld(0)
START = time.process_time()
ROWS = {split: questions.make(split, 0) for split in ("train", "validation", "test")}
SECONDS = time.process_time() - START
SAMPLE = [*ROWS["train"][:800], *ROWS["validation"][:300], *ROWS["test"]]
HE = dict.fromkeys(names.SHE, "she") | dict.fromkeys(names.HE, "he")
OWN = ("home", "friend")  # relations that the encyclopaedia does not have


def test_22_000_in_seconds():
    assert SECONDS < 5  # about 1 s on an idle machine


def test_columns_are_those_of_squad_v2_and_more():
    data = load_task("questions", n=50, split="test")
    assert data.column_names == [
        "id", "title", "context", "question", "answers", "is_impossible", "person", "relation", "reason",
    ]  # fmt: skip
    rows = [row for split in ROWS.values() for row in split]
    assert {split: len(rows) for split, rows in ROWS.items()} == questions.SIZES
    assert len({row["id"] for row in rows}) == len({(r["context"], r["question"]) for r in rows}) == len(rows)
    assert max(Counter(row["context"] for row in rows).values()) == 2


def test_spans_are_where_they_say_and_a_third_has_none():
    for rows in ROWS.values():
        assert sum(row["is_impossible"] for row in rows) / len(rows) == pytest.approx(1 / 3, abs=0.02)
        for row in rows:
            texts, starts = row["answers"]["text"], row["answers"]["answer_start"]
            assert len(texts) == len(starts) == (not row["is_impossible"])
            for text, start in zip(texts, starts, strict=True):
                end = start + len(text)
                assert row["context"][start:end] == text
                assert (
                    re.fullmatch(r"\W", row["context"][end])
                    and row["context"][max(start - 1, 0)] in f" {text[0]}"
                )


def test_answers_follow_from_the_passage_as_another_reader_reads_it():
    for row in SAMPLE:
        name, relation = read_question(row["question"])
        assert (name, relation) == (row["person"], row["relation"]), row["question"]
        found = [f for f in read(row["context"]) if (f.person, f.relation) == (name, relation)]
        assert len(found) == (not row["is_impossible"]), (row, found)
        assert row["answers"] == {
            "text": [f.value for f in found],
            "answer_start": [f.start for f in found],
        }, row


def test_what_the_passages_say_is_true_and_always_the_same():
    truth = {person.name: person for person in WORLD.people}
    said: dict[tuple[str, str], set[str]] = {}
    hits = Counter()
    for row in SAMPLE:
        facts = read(row["context"])
        assert 6 <= len(facts) <= 9 and len({f[:2] for f in facts}) == len(facts), row["context"]
        assert set(Counter(f.person for f in facts).values()) <= {2, 3}
        for fact in facts:
            said.setdefault(fact[:2], set()).add(fact.core)
            if fact.person in truth and fact.relation not in OWN:
                assert fact.core == getattr(truth[fact.person], fact.relation), (row["context"], fact)
                hits[fact.relation] += 1
        values = [(f.relation.replace("birthplace", "town"), f.core) for f in facts]
        assert len(set(values)) == len(values), row["context"]
    assert all(len(values) == 1 for values in said.values())
    assert len(hits) == 10 and min(hits.values()) > 100


def test_the_reason_says_why():
    kinds = Counter()
    for row in SAMPLE:
        name, named = row["person"], re.search(rf"\b{row['person']}\b", row["context"])
        if not row["is_impossible"]:
            assert row["answers"]["text"][0] in row["reason"] and f"that {name} " in row["reason"]
            kinds["told"] += 1
        elif not named:
            assert row["reason"] == f"The passage names nobody called {name}."
            kinds["nobody"] += 1
        else:
            others = [f.person for f in read(row["context"]) if f.relation == row["relation"]]
            assert others and re.findall(rf"\b(?:{FIRST})\b", row["reason"]) == [*others, name]
            kinds["told of others"] += 1
    assert kinds["told of others"] > 1.5 * kinds["nobody"] > 0


def test_people_of_one_split_are_in_no_other():
    people = {split: {person.name for person in passages.people(0, split)} for split in ROWS}
    assert [len(found) for found in people.values()] == [156, 26, 27]
    for split, rows in ROWS.items():
        texts = {text for row in rows for text in (row["context"], row["question"])}
        named = {word for text in texts for word in re.findall(r"[A-Z]\w+", text)} & HE.keys()
        assert named - set(WORLD.story_names) == people[split]
        assert {row["person"] for row in rows} == people[split]
    assert not set.union(people["validation"], people["test"]) & people["train"]
    assert not people["validation"] & people["test"]


def test_the_english():
    for row in SAMPLE:
        assert not faults(row["context"], HE), (row["context"], faults(row["context"], HE))
        assert re.fullmatch(r"[A-Z][^.{}]+\?", row["question"]) and re.fullmatch(
            r"[A-Z][^{}]+\.", row["reason"]
        )
        his = re.search(r"\b(his|her)\b", row["question"])
        assert not his or (his[0] == "his") is (HE[row["person"]] == "he")


def test_passages_are_of_the_right_length_and_answers_often_of_several_words():
    lengths = [len(row["context"].split()) for row in ROWS["train"]]
    assert min(lengths) >= 35 and max(lengths) <= 62 and 46 < sum(lengths) / len(lengths) < 53
    answers = [matchers.normalise(a) for row in ROWS["train"] for a in row["answers"]["text"]]
    assert sum(len(words) > 1 for words in answers) > len(answers) / 3
    assert {len(words) for words in answers} >= {1, 2, 3, 4, 5}


def test_no_shortcut_answers():
    scores = matchers.scores("test", 0)
    em = {name: score[0] for name, score in scores.items()}
    assert em["both"] == 100
    assert em["majority"] < 12 and em["overlap"] < 60
    assert max(em["relation, any"], em["relation, first"]) < 45
    assert max(em["name, any"], em["name, first"]) < 55


def test_exact_match_and_f1_are_squads():
    assert matchers.exact_match("The old  Bridge!", "an old bridge") == 1
    assert matchers.exact_match("old", "old bridge") == 0
    assert matchers.f1("the old bridge", "old stone bridge") == pytest.approx(0.8)
    assert (
        matchers.f1("", "") == 1 and matchers.f1("", "a bridge") == 0 and matchers.f1("boat", "bridge") == 0
    )
