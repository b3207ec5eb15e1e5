"""Entities: tags re-derived from the words around a name, people held out, and lookups of words that stay low."""

import re
from collections import Counter, defaultdict

import pytest

from benchmarks import trivial
from course.data import lexicon, names
from course.data.microworld import microworld
from course.data.tasks import entities

SPLITS = ("train", "validation", "test")
MONTHS = set(lexicon.MONTHS)
DAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
ORG_ENDS = {
    "News", "Herald", "Post", "Times", "Rovers", "United", "Wanderers", "City", "Bank", "School", "Railway",
    "Library", "Hotel", "Museum", "Brothers",
}  # fmt: skip
WORDS_TOO = {"Mark", "Ivy", "Hope", "Grace", "Rose", "Baker", "Fisher", "Farmer", "Carpenter", "May", "Will"}


@pytest.fixture(scope="module")
def data():
    return {split: entities.make(split, 0) for split in SPLITS}


def spans(tags):
    """(start, end, class) of every entity; a tag out of place is an error."""
    out, start = [], None
    for i, tag in enumerate([*tags, "O"]):
        if start is not None and not tag.startswith("I-"):
            out.append((start, i, tags[start][2:]))
            start = None
        if tag.startswith("B-"):
            start = i
        elif tag.startswith("I-"):
            assert start is not None and tags[start][2:] == tag[2:], tags
    return out


def class_of(tokens, start, end):
    """What English says the name is, from the name and its neighbours alone."""
    name, before = tokens[start:end], tokens[start - 1] if start else ""
    after = tokens[end] if end < len(tokens) else ""
    if name[-1] in ORG_ENDS or name[:2] == ["Bank", "of"] or name[1:2] == ["and"]:
        return "ORG"
    nationals = {national for _, national, _ in names.COUNTRIES}
    if name[0] in nationals | {f"{n}s" for n in nationals} | DAYS:
        return "MISC"
    if name[0] in {c for c, _, _ in names.COUNTRIES} or before == "river":
        return "LOC"
    if before in ("Mr", "Mrs", "Dr"):
        return "PER"
    if len(name) == 1 and name[0] in MONTHS:
        told = before in ("In", "in", "since", "every", "Last") or after in ("was", "is")
        told |= after == "comes" and before != "before"  # "before April comes on Sunday" is a person
        # "June was cold and wet after the long walk": only a person walks
        person = after == "was" and tokens[end + 3 : end + 4] == ["wet"] and "walk" in tokens
        person |= (after == "was" and "first" in tokens) or "teacher" in tokens or "neighbour" in tokens
        person |= after == "left" or (after == "was" and "born" in tokens)
        waited = before == "for" and "opens" in tokens
        return "MISC" if (told and not person) or waited else "PER"
    if len(name) == 1 and name[0] in names.TOWNS:
        return "LOC"
    return "PER"


def test_tags_follow_from_names_and_their_neighbours(data):
    for rows in data.values():
        for row in rows[:1500]:
            tokens, tags = row["tokens"], row["tags"]
            assert len(tokens) == len(tags)
            for start, end, kind in spans(tags):
                assert class_of(tokens, start, end) == kind, row
                assert f"'{' '.join(tokens[start:end])}' is " in row["reason"]
            for i, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
                if token[0].isupper() and tag == "O":  # the start, a title, or "I"
                    assert i == 0 or token in ("Mr", "Mrs", "Dr"), row
                if i == 0 and tag == "O" and token in WORDS_TOO:
                    assert tokens[1] not in ("is", "and", "grows") or {"what", "all", "alike"} & set(
                        tokens
                    ), row
                if token[0].islower():
                    assert tag == "O" or tag == "I-ORG", row


def test_text_is_the_tokens_and_reads_as_english(data):
    for rows in data.values():
        for row in rows:
            text = row["text"]
            assert re.findall(r"[\w']+|[.,?]", text) == row["tokens"]
            assert text[0].isupper() and text[-1] in ".?" and "{" not in text and "  " not in text
            assert len(row["tokens"]) > 4
            assert not re.search(r"\b[Aa] [aeiou]", text) and not re.search(r"\b[Aa]n [^aeiou]", text), text


def test_facts_told_of_places_are_the_worlds(data):
    world = microworld(0)
    town = {t.name: t for t in world.towns}
    seen = 0
    for row in data["train"]:
        if match := re.fullmatch(r"(\w+) is a town in (\w+)\.", row["text"]):
            assert town[match[1]].country == match[2]
            seen += 1
        if match := re.match(r"(\w+) lies on the river (\w+),", row["text"]):
            assert town[match[1]].river == match[2]
            seen += 1
    assert seen > 20


def test_no_text_twice_and_people_surnames_and_towns_are_held_out(data):
    texts = [row["text"] for rows in data.values() for row in rows]
    assert len(texts) == len(set(texts))
    said = {split: {t for row in rows for t in row["tokens"]} for split, rows in data.items()}
    for kind in (names.SHE + names.HE, names.SURNAMES):
        found = [said[split] & set(kind) for split in SPLITS]
        assert all(found) and not found[0] & found[1] and not found[0] & found[2] and not found[1] & found[2]
    towns = {split: said[split] & set(names.TOWNS) for split in SPLITS}
    assert len(towns["train"]) == 20 and len(towns["test"] - towns["train"]) == 10
    assert not (towns["test"] - towns["train"]) & towns["validation"]
    # nothing fixed of the encyclopaedia's people could be contradicted here
    assert not {p.name for p in microworld(0).people} & set.union(*said.values())


def test_every_class_is_frequent_and_words_are_ambiguous(data):
    count = Counter(tag[2:] for row in data["train"] for tag in row["tags"] if tag[0] == "B")
    assert set(count) == {"PER", "LOC", "ORG", "MISC"} and min(count.values()) > 0.1 * sum(count.values())
    tags = defaultdict(Counter)
    for row in data["train"]:
        for token, tag in zip(row["tokens"], row["tags"], strict=True):
            tags[token][tag] += 1
    for word in ("May", "Mark", "Ivy", "Hope", "Baker", "June"):
        assert len(tags[word]) > 1 and tags[word].most_common()[1][1] >= 5, (word, tags[word])
    assert all(len(tags[town]) >= 3 for town in names.TOWNS if town in tags)


def test_lookups_stay_low(data):
    train, test = data["train"], data["test"]
    assert trivial.entity_f1(lambda tokens: ["O"] * len(tokens), test) == 0
    assert trivial.entity_f1(trivial.lookup(test, "O"), test) > 0.7, "who has seen the answers"
    assert trivial.entity_f1(trivial.lookup(train, "O"), test) < 0.45
    assert trivial.entity_f1(trivial.capitals, test) < 0.5
    assert trivial.entity_f1(trivial.lookup(train), test) < 0.7
