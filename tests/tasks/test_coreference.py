"""Coreference: every answer re-derived from a table of verbs and endings of this file; twins, spans, balance."""

import re
from collections import Counter

import pytest

from course.data import names, schemata
from course.data.dice import Dice
from course.data.microworld import microworld
from course.data.tasks import coreference

SPLITS = ("train", "validation", "test")

# By family: what is said of the first kind (the big, heavy, emptied, slow, blunt thing; the one who gives, pays, asks,
# finds, helps) and of the second, and the beginnings after which the first kind stands first.
KNOWN = {
    "size": (
        r"too big|too large|wide|not small",
        r"too small|narrow|tight|not big",
        r"did not fit in|get the \w+ into|would not go|to pack|squeeze",
    ),
    "weight": (
        r"heavy|heavier|light",
        r"weak|thin|strong",
        r"broke the|was too much for|crashed down|to put the|made the",
    ),
    "pouring": (r"empty|bone", r"full|brim", r"ran from|poured milk|emptied the|flowed out|ladled out"),
    "speed": (r"slow|lame", r"fast|quick", r"not catch|came too late|lost sight|ran after|failed to"),
    "cutting": (
        r"blunt|sharp",
        r"thick|soft|stone",
        r"not go through|hardly scratched the|left no|push|no use",
    ),
    "hunger": (
        r"was not hungry|already eaten|plenty|was full",
        r"was hungry|not eaten|no food|starving",
        r"gave|shared|passed|brought|left the",
    ),
    "money": (
        r"rich|a lot|earned more|spare",
        r"poor|no money|nothing|needed",
        r"lent|paid|bought|gave|supported",
    ),
    "knowledge": (
        r"did not|never|forgotten",
        r"knew it|understood it|studied",
        r"^\w+ asked|learned|looked to|needed|let ",
    ),
    "lost and found": (
        r"found|picked|discovered|noticed",
        r"lost|dropped|forgotten|left it",
        r"gave|returned|brought|handed|sent",
    ),
    "strength": (
        r"was strong|fresh|felt well|used to",
        r"weak|tired|\bill\b|broken",
        r"^\w+ carried|helped|did all|^\w+ rowed|^\w+ pulled",
    ),
    "visit": (
        r"worried|nurse\b|wanted|kind",
        r"was ill|fever|stand up|pain",
        r"went to see|sat all|^\w+ took|cooked|^\w+ nursed",
    ),
}


@pytest.fixture(scope="module")
def data():
    return {split: coreference.make(split, 0) for split in SPLITS}


def answer(row) -> int:
    """0 or 1 by the table, from the text and the family alone."""
    first_kind, second_kind, first_first = KNOWN[row["family"]]
    head, ending = re.fullmatch(r"(.+?) (?:because|since|until) (.+)", row["text"]).groups()
    of_first, of_second = (bool(re.search(rf"\b(?:{p})", ending)) for p in (first_kind, second_kind))
    assert of_first != of_second, row["text"]
    stands_first = bool(re.search(rf"\b(?:{first_first})", head))
    return 0 if of_first == stands_first else 1


def test_answers_follow_from_verbs_and_endings(data):
    for rows in data.values():
        for row in rows:
            assert answer(row) == row["label"], row
            chosen = (row["candidate_a"], row["candidate_b"])[row["label"]]
            assert f"means {chosen}:" in row["reason"]


def test_pronouns_and_candidates_are_where_they_say(data):
    women, men = set(names.SHE), set(names.HE)
    for rows in data.values():
        for row in rows:
            start, end = row["pronoun"]
            pronoun, text = row["text"][start:end], row["text"]
            assert pronoun in ("he", "she", "it") and text[start - 1] == " " == text[end]
            a, b = (text.lower().index(row[c].lower()) for c in ("candidate_a", "candidate_b"))
            assert a < b < start and row["candidate_a"] != row["candidate_b"]
            if pronoun == "it":
                assert row["candidate_a"].startswith("the ") and row["candidate_b"].startswith("the ")
            else:
                assert {row["candidate_a"], row["candidate_b"]} <= (women if pronoun == "she" else men)
            assert text[0].isupper() and text.endswith(".") and "{" not in text and "  " not in text
            assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text)


def test_twins_differ_in_the_ending_and_the_answer(data):
    for rows in data.values():
        for one, two in zip(rows[::2], rows[1::2], strict=True):
            assert one["twin"] == two["twin"] and one["pronoun"] == two["pronoun"]
            assert {one["label"], two["label"]} == {0, 1} and one["text"] != two["text"]
            end = one["pronoun"][1]
            assert one["text"][:end] == two["text"][:end]


def test_schemata_and_names_are_held_out_and_endings_are_not(data):
    schemata = {split: {row["schema"] for row in rows} for split, rows in data.items()}
    assert [len(schemata[s]) for s in SPLITS] == [33, 11, 11]
    assert not schemata["train"] & schemata["test"] and not schemata["train"] & schemata["validation"]
    families = [{row["family"] for row in rows} for rows in data.values()]
    assert families[0] == families[1] == families[2] == set(KNOWN)
    endings = [{(r["family"], r["text"][r["pronoun"][1] :]) for r in data[s]} for s in SPLITS]
    assert endings[0] == endings[1] == endings[2]
    everyone = set(names.SHE + names.HE)
    said = [{t for r in data[s] for t in re.findall(r"\w+", r["text"])} & everyone for s in SPLITS]
    assert all(said) and not said[0] & said[1] and not said[0] & said[2] and not said[1] & said[2]
    assert not {p.name for p in microworld(0).people} & set.union(*said)
    texts = [row["text"] for rows in data.values() for row in rows]
    assert len(texts) == len(set(texts))


def test_no_verb_and_no_ending_gives_the_answer_away(data):
    for rows in data.values():
        assert len(rows) % 2 == 0 and Counter(r["label"] for r in rows) == {
            0: len(rows) // 2,
            1: len(rows) // 2,
        }
        for part in (lambda r: r["schema"], lambda r: (r["family"], r["text"][r["pronoun"][1] :])):
            count = Counter((part(row), row["label"]) for row in rows)
            for key in {k for k, _ in count}:
                share = count[key, 0] / (count[key, 0] + count[key, 1])
                assert 0.35 < share < 0.65, (key, share)


def test_plain_sentences_say_who_without_a_pronoun():
    """Text to pretrain on names what the rows leave to be found out, and agrees with the same table."""
    dice, read = Dice(0, "plain"), 0
    for _ in range(2000):
        text = schemata.plain(dice, ("Ada", "Ida", "Otto", "Hugo")).text
        assert text[0].isupper() and text.endswith(".") and not re.search(r"\b(he|she|him|her)\b", text)
        if ", and so " in text:
            ending, head = text.split(", and so ")
        else:
            head, ending = re.fullmatch(r"(.+?) (?:because|since|until) (.+)", text).groups()
            head += " until" * (" until " in text)
        name = ending.removeprefix("the ").removeprefix("The ").split()[0]
        for family in schemata.FAMILIES:
            for side in (side for both in family.schemata for side in both):
                pattern = side.format(x=r"(?P<x>\w+)", y=r"(?P<y>\w+)")
                if match := re.fullmatch(f"(?i){pattern}", head.removesuffix(".")):
                    assert name in match.groups() and match["x"] != match["y"], text
                    is_first = bool(re.search(KNOWN[family.name][0], ending))
                    assert is_first == (name == match["x"]), text
                    read += 1
    assert read == 2000
