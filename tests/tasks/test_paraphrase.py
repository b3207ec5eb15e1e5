"""paraphrase: both texts read back by patterns of this test's own; what they tell is compared; balance, people, English."""

import re
from collections import Counter

import pytest

from course import microworld
from course.data import lexicon, names
from course.data.passages import people
from course.data.tasks import paraphrase

SPLITS = {split: paraphrase.make(split, 0) for split in ("train", "validation", "test")}
ROWS = [row for rows in SPLITS.values() for row in rows[:1500]]
FIRST = "|".join(sorted((*names.SHE, *names.HE), key=len, reverse=True))  # Lucian before Lucia
NAME = re.compile(rf"\b({FIRST})\b")
_VALUES = {
    "job": [job.name for job in lexicon.JOBS], "tool": [tool for job in lexicon.JOBS for tool in job.tools],
    "town": names.TOWNS, "month": lexicon.MONTHS, "pet": [animal.name for animal in lexicon.ANIMALS if animal.pet],
    "food": [food.name for food in lexicon.FOODS], "hobby": lexicon.HOBBIES, "instrument": lexicon.INSTRUMENTS,
    "colour": lexicon.COLOURS,
}  # fmt: skip
VALUE = {relation: re.compile(rf"\b({'|'.join(values)})\b") for relation, values in _VALUES.items()}
BORN = re.compile(r"\bborn\b|met the light|birthplace|comes from|native|light of day|grew up")
# what is done, by words that no other deed has, and what with
CUES = {deed: re.compile(rf"\b(?:{words})\b") for deed, words in {
    "lesson": "taught|learned to play|lessons", "concert": "listened|heard|song|played the .* for|hear some music",
    "recipe": "recipe|how to cook", "dinner": "dinner|cooked", "letter": "letter",
    "visit": "visited|guest|came to|stayed with", "loan": "lent|borrowed|use|used", "gift": "present",
    "sale": "sold|bought|paid|money",
}.items()}  # fmt: skip
THINGS = {
    "lesson": "instrument", "concert": "instrument", "recipe": "food", "dinner": "food", "letter": "town", "visit": "town",
    "loan": "tool", "gift": "tool", "sale": "tool",
}  # fmt: skip
# what stands before the second name where it is the one who does it
BEFORE_DOER = r"(?:\b(?:from|by|while|heard|it was|paid|that|and|had|belonged to)|,)"


def read_event(text: str) -> frozenset:
    """(who, does what, to whom, with what)."""
    (deed,) = [deed for deed, words in CUES.items() if re.search(words, text)]
    (value,) = VALUE[THINGS[deed]].findall(text)
    one, two = NAME.findall(text)
    turned = re.search(rf"{BEFORE_DOER} {two}\b", text) and "got money from" not in text
    return frozenset([(two, deed, one, value) if turned else (one, deed, two, value)])


def read(text: str) -> frozenset:
    """All (person, relation, value) told, clause by clause; he and she are the one person named."""
    found, someone = set(), NAME.search(text)[1]
    for clause in re.split(r", (?:while|and|but) |\. (?=\S)", text):
        clause = clause.replace("first saw the light", "first met the light")  # that saw is no tool
        said = {relation: pattern.findall(clause) for relation, pattern in VALUE.items()}
        (relation,) = (
            [relation for relation, values in said.items() if values] if not said["hobby"] else ["hobby"]
        )
        (value,) = said[relation]
        named = NAME.search(clause)
        if relation == "town" and BORN.search(clause):
            relation = "birthplace"
        found.add((named[1] if named else someone, relation, value))
    return frozenset(found)


def read_row(row: dict) -> tuple[frozenset, frozenset]:
    one_value = sum(len(pattern.findall(row["text_a"])) for pattern in VALUE.values()) == 1
    reader = read_event if one_value and row["kind"] != "place" else read
    return reader(row["text_a"]), reader(row["text_b"])


def english(text: str) -> None:
    """What no text may have; also used by the tests of similarity and entailment."""
    assert text[0].isupper() and text.endswith(".") and len(text.split()) >= 4, text
    assert not re.search(r"\s\s|\s[,.]|[{}]|,,|\.\S|(?i:\b(\w+) \1\b)|\. [a-z]", text), text
    assert not re.search(r"\b[Aa] [aeiouAEIOU](?!ni)|\b[Aa]n [^aeiouAEIOU]", text), text
    assert not re.search(r", (?:while|and|but) (?!I\b)[A-Z](?!\w*\b.*)", text), text


def test_the_label_is_whether_both_tell_the_same():
    for row in ROWS:
        a, b = read_row(row)
        assert (a == b) is bool(row["label"]), row


def test_what_is_told_is_true_of_the_world_or_its_newcomers():
    """One of the two texts at least tells facts only."""
    known = {person.name: person for split in SPLITS for person in people(0, split)}
    assert all(known[person.name] == person for person in microworld(0).people)
    for row in ROWS:
        if not any(len(fact) == 4 for told in read_row(row) for fact in told):
            true = [all(getattr(known[who], r) == value for who, r, value in told) for told in read_row(row)]
            assert any(true), row


def test_names_and_values_are_the_same_in_both_but_for_one_name():
    known = {person.name for split in SPLITS for person in people(0, split)}
    said = paraphrase.values(0)  # relations and deeds, which are no words of the text
    for row in ROWS:
        a, b = ({word for fact in told for word in fact if word not in said} for told in read_row(row))
        if row["kind"] == "someone" and not row["label"]:
            assert len(a - b) == len(b - a) == 1 and a ^ b <= known, row
        else:
            assert a == b, row


def test_half_of_each_kind():
    for rows in SPLITS.values():
        cells = Counter((row["kind"], row["label"]) for row in rows)
        assert len(cells) == 12 and all(cells[kind, 0] == cells[kind, 1] for kind in paraphrase.KINDS)
    every = [row for rows in SPLITS.values() for row in rows]
    assert len({tuple(sorted((row["text_a"], row["text_b"]))) for row in every}) == len(every)


def test_people_are_held_out():
    seen = {split: {n for row in rows for n in NAME.findall(row["text_a"])} for split, rows in SPLITS.items()}
    assert not seen["train"] & seen["test"] and not seen["train"] & seen["validation"]
    assert not seen["validation"] & seen["test"] and len(seen["train"]) > 100


def test_his_and_her_are_those_of_the_name_before():
    he = {person.name: person.he for split in SPLITS for person in people(0, split)}
    for row in ROWS:
        for text in (row["text_a"], row["text_b"]):
            owners = {he[name] for name in NAME.findall(text)}
            used = {"he" if word == "his" else "she" for word in re.findall(r"\b(his|her)\b", text)}
            assert used <= owners and not re.search(r"(?i)\b(he|she)\b", text), text


def test_the_english():
    for row in ROWS:
        english(row["text_a"]), english(row["text_b"])
        assert row["text_a"] != row["text_b"] and row["reason"].endswith(".")


@pytest.mark.parametrize("seed", [1])
def test_other_seeds(seed):
    rows = paraphrase.make("test", seed)
    assert rows != SPLITS["test"]
    assert all((len(set(read_row(row))) == 1) is bool(row["label"]) for row in rows)


def test_more_rows_than_there_are_is_said():
    with pytest.raises(
        ValueError, match=r"paraphrase has no more than about .* rows for validation; you asked for 900,000"
    ):
        paraphrase.make("validation", 0, 900_000)
