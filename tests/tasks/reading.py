"""Reads passages and questions about people by patterns of its own, for tests: it knows English and the lexicon, no template."""

import itertools
import re
from collections import Counter
from typing import NamedTuple

from course.data import lexicon, names

FIRST = "|".join((*names.SHE, *names.HE))
TOWN = rf"\b({'|'.join(names.TOWNS)})\b"
MONTH = rf"\b((?:the \w+(?: day)? of )?(?:{'|'.join(lexicon.MONTHS)}))\b"


def _one_of(items) -> str:
    return rf"\b({'|'.join(items)})\b"


class Fact(NamedTuple):
    """value: all of it, "hungry goose", and where it begins in the text; core: what the encyclopaedia says, "goose"."""

    person: str
    relation: str
    core: str
    value: str
    start: int


# what the words of a clause tell; where two relations have the same values, a cue decides
PATTERNS = (
    ("job", _one_of(job.name for job in lexicon.JOBS), None),
    ("tool", _one_of(tool for job in lexicon.JOBS for tool in job.tools), None),
    ("birthplace", TOWN, r"\bborn\b|native|comes from|birthplace|light of day"),
    ("town", TOWN, r"lives in|moved to|leave|home in|at home in|settled|train to|home of"),
    ("month", MONTH, None),
    ("pet", _one_of(animal.name for animal in lexicon.ANIMALS if animal.pet), None),
    ("food", _one_of(food.name for food in lexicon.FOODS), None),
    ("hobby", _one_of(lexicon.HOBBIES), None),
    ("instrument", _one_of(lexicon.INSTRUMENTS), None),
    ("colour", _one_of(lexicon.COLOURS), None),
    ("home", r"\bhouse(?: of \w+)?(?: stands)? (?!of )([^.,]+)", None),
    ("friend", rf"((?:{FIRST}) (?:{'|'.join(names.SURNAMES)}))\b", r"friend"),
)  # fmt: skip
QUESTIONS = (
    ("colour", "colour"),
    ("friend", "friend"),
    ("tool", "tool|need for work"),
    ("instrument", "instrument|play in the evening"),
    ("food", r"food|\beat\b|cook"),
    ("pet", r"animal|\bpet\b"),
    ("hobby", "hobby|every Sunday|free time|on Sundays"),
    ("month", "^When|time of the year|which month"),
    ("birthplace", "born|birthplace|come from|come into the world"),
    ("home", "Where in town|Where exactly|house"),
    ("town", "town"),
    ("job", "job|living|earn|work|trade"),
)


JOINT = re.compile(rf", (?:while|and|but) (?=(?:{FIRST})\b)| and (?=[a-z]+ )(?!the )")


def clauses(text: str):
    """(subject, where the clause begins and ends): split where a name or a verb follows "and", "while" or "but"."""
    subject, at = "", 0
    for sentence in re.findall(r"[^.]+\.", text):
        joints = [(0, 0), *(match.span() for match in JOINT.finditer(sentence)), (len(sentence), 0)]
        for (_, low), (high, _) in itertools.pairwise(joints):
            clause = sentence[low:high].strip()
            # who is named first; after "and", only a name that begins the clause is a subject
            named = re.match(rf"(?:{FIRST})\b", clause) or (
                low == 0 and re.search(rf"\b(?:{FIRST})\b", clause)
            )
            if named and not re.match(r"(He|She)\b", clause):
                subject = named[0]
            yield subject, (at + low, at + high)
        at += len(sentence)


def whole(relation: str, clause: str, start: int, end: int) -> tuple[int, str]:
    """Where the value begins and all of it: with the adjectives of tools and pets, the shade of a colour, what goes with food."""
    if relation in ("tool", "pet"):
        start = re.match(r".*\b(?:an?|the|The|his|her) (?=[a-z ]*$)", clause[:start]).end()
    elif relation == "colour":
        start -= len(re.search(r"(?:(?:dark|light) )?$", clause[:start])[0])
    elif relation == "food":
        end += len(re.match(r"(?: with (?:a little |cold )?\w+)?", clause[end:])[0])
    return start, clause[start:end]


def read(text: str) -> list[Fact]:
    """All that the text tells of anyone, in its order."""
    out = []
    for subject, (low, high) in clauses(text):
        clause = text[low:high]
        for relation, pattern, cue in PATTERNS:
            if cue and not re.search(cue, clause):
                continue
            skip = clause.find("first saw") + 9 if "first saw" in clause else 0
            for match in re.finditer(pattern, clause):
                if match.start(1) >= skip and match[1].split()[0] != subject:
                    start, value = whole(relation, clause, *match.span(1))
                    core = value.split()[-1] if relation == "month" else match[1]
                    out.append(Fact(subject, relation, core, value, low + start))
    return sorted(out, key=lambda fact: fact.start)


def read_question(question: str) -> tuple[str, str]:
    """(name, relation)."""
    (name,) = re.findall(rf"\b({FIRST})\b", question)
    return name, next(relation for relation, cue in QUESTIONS if re.search(cue, question))


def faults(text: str, he: dict[str, str]) -> list[str]:
    """What is wrong with the English of a text about people; `he` is name -> "he" or "she"."""
    patterns = {
        "article": r"\b[Aa] [aeioAEIO]|\b[Aa]n [^aeiouAEIOU]", "mark": r"\s\s|\s[.,?]|[{}]|,,|[.?][^ ]",
        "word twice": r"(?i)\b(\w+) \1\b", "begin": r"(?:^|[.?] )[^A-Z]", "end": r"[^.?]$",
        "on or in": r"\bin the (?:\w+|last day) of [A-Z]|\bon (?:January|February|March|April|May|June|July|August|[SOND]\w+ber)\b",
    }  # fmt: skip
    out = [f"{what}: {match[0]!r}" for what, p in patterns.items() if (match := re.search(p, text))]
    for sentence in re.findall(r"[^.?]+[.?]", text):
        if len(sentence.split()) < 4:
            out.append(f"short: {sentence}")
    for subject, (low, high) in clauses(text):
        words = Counter(re.findall(r"\b(?:he|his|she|her)\b", text[low:high].lower()))
        if words and words.keys() & ({"she", "her"} if he[subject] == "he" else {"he", "his"}):
            out.append(f"pronoun: {text[low:high]}")
    return out
