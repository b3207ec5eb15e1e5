"""Duplicates: every label re-derived by patterns of this file, people held out, shared words worth nothing."""

import re
from collections import Counter

import pytest

from course.data import asking
from course.data.microworld import microworld
from course.data.tasks import closed_book, duplicates

SPLITS = ("train", "validation", "test")
# what a question asks for, by its words without the name; the first pattern that is found decides
PATTERNS = (
    ("instrument", r"instrument|play in the evening|make music"),
    ("tool", r"\btool\b|use at work"),
    ("colour", r"colour"),
    ("pet", r"animal|\bpet\b"),
    ("food", r"food|\beat\b|dinner"),
    ("month", r"month|^When\b"),
    ("birthplace", r"born|birthplace|grow up|does . come|life of"),
    ("town", r"live\b|house of|home|move long ago"),
    ("hobby", r"hobby|Sunday|free hours|for fun"),
    ("job", r"\bjob\b|living|work as|trade|earn|kind of work"),
)


@pytest.fixture(scope="module")
def data():
    return {split: duplicates.make(split, 0) for split in SPLITS}


def asked(question: str, world) -> tuple[str, str]:
    """(first name, relation) of a question."""
    (person,) = [p for p in world.people if re.search(rf"\b{p.name}\b", question)]
    assert f"{person.name} {person.surname}" in question or not re.search(rf"{person.name} [A-Z]", question)
    plain = question.replace(f" {person.surname}", "").replace(person.name, "N")
    return person.name, next(relation for relation, pattern in PATTERNS if re.search(pattern, plain))


def test_labels_follow_from_the_questions(data):
    world = microworld(0)
    for rows in data.values():
        for row in rows:
            a, b = asked(row["text_a"], world), asked(row["text_b"], world)
            assert row["label"] == int(a == b), row
            kind = "same" if a == b else "other fact" if a[0] == b[0] else "other person"
            assert kind == row["kind"] and world.person(a[0]).full_name in row["reason"]


def test_balanced_no_pair_twice_and_people_held_out(data):
    pairs, people = [], {}
    for split, rows in data.items():
        assert len(rows) == duplicates.SIZES[split]
        assert Counter(row["label"] for row in rows) == {0: len(rows) // 2, 1: len(rows) // 2}
        kinds = Counter(row["kind"] for row in rows)
        assert min(kinds.values()) > 0.15 * len(rows)
        pairs += [frozenset((row["text_a"], row["text_b"])) for row in rows]
        people[split] = {asked(row["text_a"], microworld(0))[0] for row in rows}
        assert all(row["text_a"] != row["text_b"] for row in rows)
    assert len(pairs) == len(set(pairs))
    assert len(people["train"]) == 72 and len(people["test"]) == 12
    assert not people["train"] & people["test"] and not people["validation"] & (
        people["train"] | people["test"]
    )


def overlap(row) -> float:
    a, b = (set(re.findall(r"\w+", row[c].lower())) for c in ("text_a", "text_b"))
    return len(a & b) / len(a | b)


def test_shared_words_are_worth_nothing(data):
    """The best threshold on the share of common words, either way round, chosen on the test itself."""
    rows = data["test"]
    found = [(overlap(row), row["label"]) for row in rows]
    best = max(
        sum((share > cut) == bool(label) for share, label in found) / len(rows)
        for cut in {s for s, _ in found}
    )
    assert max(best, 1 - best) < 0.56, best


def test_ways_of_asking():
    assert set(asking.QUESTIONS) == set(closed_book._QUESTIONS)
    ways = [way for ways in asking.QUESTIONS.values() for way in ways]
    assert len(ways) == len(set(ways)) and all(len(ways) >= 6 for ways in asking.QUESTIONS.values())
    for relation, (questions, _) in closed_book._QUESTIONS.items():
        assert set(questions) <= set(asking.QUESTIONS[relation])
    for way in ways:
        assert way.count("{name}") == 1 and way.endswith("?") and way[0].isupper()
        assert not re.search(r"\b[Aa] [aeiou]", way)
