"""Translation: a parser of its own that knows only endings and little words, combinations held out, word for word stays low."""

import re
from collections import Counter

import pytest

from benchmarks.trivial import word_for_word
from course.data import esperanto as eo
from course.data.tasks import translation

SPLITS = ("train", "validation", "test")
PREPOSITIONS = {"en", "antaŭ", "malantaŭ", "apud", "sub", "sur", "al", "por", "kun", "sen"}
NUMBERS = {"du", "tri", "kvar", "kvin", "ses", "sep", "ok", "naŭ", "dek"}
PRONOUNS = {"mi", "vi", "li", "ŝi", "ni", "ili"}
DAYS = {"hieraŭ": "is", "hodiaŭ": "as", "morgaŭ": "os"}
MODALS = {"vol", "pov", "dev", "ŝat"}
INTRANSITIVE = {
    "est", "dorm", "kur", "atend", "ripoz", "lud", "marŝ", "salt", "naĝ", "kant", "danc", "rid", "plor", "labor", "vojaĝ",
}  # fmt: skip
# what a handful of English words must give, written down again here
KNOWN = {
    "dog": "hundo", "dogs": "hundoj", "cat": "kato", "cats": "katoj", "women": "virinoj", "woman": "virino", "men": "viroj",
    "mice": "musoj", "knives": "tranĉiloj", "queen": "reĝino", "kitten": "katido", "baker": "bakisto", "bread": "pano",
    "geese": "anseroj", "children": "infanoj", "hat": "ĉapelo", "hats": "ĉapeloj", "letter": "letero", "cherries": "ĉerizoj",
}  # fmt: skip
KNOWN_STEMS = {
    "big": "granda",
    "small": "malgranda",
    "red": "ruĝa",
    "beautiful": "bela",
    "ugly": "malbela",
    "new": "nova",
}
PAST = {
    "saw",
    "ate",
    "slept",
    "ran",
    "found",
    "sang",
    "read",
    "bought",
    "was",
    "were",
    "did",
    "waited",
    "had",
    "could",
}


@pytest.fixture(scope="module")
def data():
    return {split: translation.make(split, 0) for split in SPLITS}


def bare(word: str) -> tuple[str, str, bool, bool]:
    """(stem, part of speech, plural, accusative) of a word with an ending."""
    match = re.fullmatch(r"(\w{2,}?)([oa])(j?)(n?)", word)
    if match:
        return match[1], "noun" if match[2] == "o" else "adjective", bool(match[3]), bool(match[4])
    match = re.fullmatch(r"(\w{2,}?)(as|is|os|i|e)", word)
    assert match, word
    return match[1], "adverb" if match[2] == "e" else "verb", False, False


class Parse:
    """Reads [ĉu] subject [adverb] [ne] verb [infinitive] [object] ... and collects what a rule must hold of."""

    def __init__(self, esperanto: str):
        self.words = esperanto[:-1].lower().split()
        self.at, self.pairs, self.agree = 0, set(), []
        assert esperanto[-1] in ".?" and esperanto[0].isupper()
        assert (esperanto[-1] == "?") == (self.words[0] == "ĉu")
        self.at = int(self.words[0] == "ĉu")
        subject, self.plural, case = self.phrase()
        assert not case, "the subject is not an object"
        self.often = self.adverb()
        self.denied = self.take("ne")
        self.verb, kind, _, _ = bare(self.words[self.at])
        assert kind == "verb"
        self.tense = self.words[self.at][-2:]
        assert self.tense in ("as", "is", "os")
        self.at += 1
        main = self.verb
        if main in MODALS:
            main, kind, _, _ = bare(self.words[self.at])
            assert kind == "verb" and self.words[self.at][-1] == "i"
            self.at += 1
        if subject not in PRONOUNS and main != "est":
            self.pairs.add((subject, main))
        self.rest(subject, main)

    def rest(self, subject: str, main: str) -> None:
        seen_object = False
        while self.at < len(self.words):
            word = self.words[self.at]
            if word in PREPOSITIONS:
                self.at += 1
                assert not self.phrase()[2], "no accusative after a preposition"
            elif word in DAYS:
                assert DAYS[word] == self.tense
                self.at += 1
            elif main == "est":
                stem, kind, plural, accusative = bare(word)
                assert kind in ("noun", "adjective") and not accusative and plural == self.plural
                self.pairs.add((stem, subject))
                self.at += 1
            elif not self.adverb():
                _, _, accusative = self.phrase()
                assert accusative and not seen_object, "one object, and it has -n"
                seen_object = True
        assert seen_object == (main not in INTRANSITIVE), main

    def take(self, word: str) -> bool:
        found = self.words[self.at] == word
        self.at += found
        return found

    def adverb(self) -> bool:
        found = bool(re.fullmatch(r"\w{3,}e", self.words[self.at]))
        self.at += found
        return found

    def phrase(self) -> tuple[str, bool, bool]:
        """A pronoun, or little words, adjectives and a noun that agree: (stem, plural, accusative)."""
        word = self.words[self.at]
        if word.removesuffix("n") in PRONOUNS and word not in PRONOUNS:
            self.at += 1
            return word[:-1], False, True
        if word in PRONOUNS:
            self.at += 1
            return word, word in ("ni", "ili"), False
        article, number = self.take("la"), False
        if self.words[self.at] in NUMBERS:
            number, self.at = True, self.at + 1
        assert not (article and number)
        adjectives = []
        while (found := bare(self.words[self.at]))[1] == "adjective":
            adjectives.append(found)
            self.at += 1
        stem, kind, plural, accusative = found
        assert kind == "noun", self.words
        self.at += 1
        assert all(a[2:] == (plural, accusative) for a in adjectives), self.words
        assert plural or not number
        assert plural or not any(a[0] == "mult" for a in adjectives)
        self.pairs |= {(a[0], stem) for a in adjectives if a[0] not in ("mi", "vi", "ni", "mult")}
        return stem, plural, accusative


def test_every_translation_obeys_the_rules(data):
    for rows in data.values():
        for row in rows:
            parse = Parse(row["esperanto"])
            english = row["english"][:-1].lower().split()
            assert (row["english"][-1] == "?") == (row["esperanto"][-1] == "?")
            assert parse.denied == ("not" in english)
            if set(english) & {"will"}:
                assert parse.tense == "os"
            elif set(english) & (PAST - {"read", "saw", "had"}):
                assert parse.tense == "is", row
            assert ("la" in parse.words) == ("the" in english)


def test_words_mean_what_a_second_dictionary_says(data):
    hits = 0
    for rows in data.values():
        for row in rows:
            english = row["english"][:-1].lower().split()
            esperanto = {w.removesuffix("n") for w in row["esperanto"][:-1].lower().split()}
            plain = {w.removesuffix("j") for w in esperanto}
            for i, word in enumerate(english):
                if word in KNOWN and english[i - 1] not in ("tiny", "huge"):
                    assert KNOWN[word] in esperanto, row
                    hits += 1
                if word in KNOWN_STEMS:
                    assert KNOWN_STEMS[word] in plain, row
                    hits += 1
            if {"tiny", "huge"} & set(english):
                assert any(re.search(r"(et|eg)oj?$", w) for w in esperanto), row
    assert hits > 2500


def test_english_is_english(data):
    third = {v.third for v in eo.VERBS if " " not in v.third} - {"cooks"}  # cooks are people too
    for rows in data.values():
        for row in rows:
            text = row["english"]
            assert text[0].isupper() and "  " not in text and len(text.split()) >= 3
            assert not re.search(r"\b[Aa] [aeiou]", text) and not re.search(r"\b[Aa]n [^aeiou]", text), text
            words = text[:-1].lower().split()
            if words[0] in ("i", "you", "we", "they", *eo.NUMBERS, "many") and "not" not in words:
                assert not third & set(words[1:]), text
            if words[0] in ("does", "do", "did", "will", "is", "are", "was", "were"):
                assert text.endswith("?")


def test_reasons_spell_the_translation_out(data):
    for row in data["test"]:
        morphemes = re.findall(r"(?:: |, )(\S+|\(nothing\)) = ", row["reason"])
        words = [m.replace("-", "") for m in morphemes if m != "(nothing)"]
        assert words == row["esperanto"][:-1].lower().split(), row


def test_combinations_are_held_out_and_words_are_not(data):
    pairs = {split: set().union(*(Parse(r["esperanto"]).pairs for r in rows)) for split, rows in data.items()}
    assert not pairs["train"] & pairs["test"] and not pairs["train"] & pairs["validation"]
    assert not pairs["validation"] & pairs["test"] and len(pairs["test"]) > 200
    for split in ("validation", "test"):
        assert all(Parse(row["esperanto"]).pairs for row in data[split])
        for column in ("english", "esperanto"):
            known = {w for row in data["train"] for w in row[column][:-1].lower().split()}
            assert {w for row in data[split] for w in row[column][:-1].lower().split()} <= known
    texts = [row["english"] for rows in data.values() for row in rows]
    assert len(texts) == len(set(texts))


def test_word_for_word_is_not_enough(data):
    exact, accuracy = word_for_word(data["train"][:4_000], data["test"])
    assert exact < 0.2 and accuracy < 0.7, (exact, accuracy)


def test_endings():
    assert eo.written(eo.noun("hund-et", True, True)) == "hundetojn"
    assert eo.written(eo.adjective("mal-grand", False, True)) == "malgrandan"
    assert [eo.verb("am", t) for t in ("present", "past", "future", "infinitive")] == [
        "am-as",
        "am-is",
        "am-os",
        "am-i",
    ]
    assert eo.written(eo.adverb("mal-rapid")) == "malrapide"
    stems = Counter((noun.stem) for noun in eo.NOUNS)
    assert max(stems.values()) == 1
    letters = set("abcĉdefgĝhĥijĵklmnoprsŝtuŭvz-")  # no q, w, x, y in Esperanto
    assert all(set(n.stem) <= letters for n in eo.NOUNS) and all(set(v.stem) <= letters for v in eo.VERBS)
