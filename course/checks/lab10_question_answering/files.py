"""The check of `parse_squad`: a small file of each version, and files that are out of order in one place."""

import copy
import re
from dataclasses import dataclass

from .. import args, part, require
from ..sentences import describe
from ..tries import tried
from ..usual import ended
from . import lab

KEYS = ("id", "title", "context", "question", "answers", "starts", "is_impossible")


def question_of(id, question, context, *texts, impossible=None):
    """An entry of `qas`. texts: answers, each at its first place in the context; impossible: None leaves the name away."""
    entry = {"id": id, "question": question, "answers": [{"text": t, "answer_start": context.index(t)} for t in texts]}  # fmt: skip
    return entry if impossible is None else entry | {"is_impossible": impossible}


IDA, BO, ANA = "Ida sang in Alderton, and Bo sang there too.", "Bo has a cat. The cat is grey.", "Ana écrit."
V1 = {
    "version": "1.1",
    "data": [
        {"title": "Singing", "paragraphs": [{"context": IDA, "qas": [question_of("s1", "Who sang in Alderton?", IDA, "Ida"), question_of("s2", "Where did Bo sing?", IDA, "Alderton", "in Alderton")]},
                                            {"context": ANA, "qas": [question_of("s3", "What does Ana do?", ANA, "écrit")]}]},
        {"title": "Cats", "paragraphs": [{"context": BO, "qas": [question_of("c1", "What is grey?", BO, "The cat", "cat", "The cat is")]}]},
    ],
}  # fmt: skip
V2 = {
    "version": "v2.0",
    "data": [
        {"title": "Cats", "paragraphs": [
            {"context": BO, "qas": [
                question_of("c1", "What has Bo?", BO, "a cat", impossible=False),
                question_of("c2", "What has Ida?", BO, impossible=True) | {"plausible_answers": [{"text": "a cat", "answer_start": 7}]}]},
            {"context": IDA, "qas": []},
            {"context": "", "qas": [question_of("c3", "Which cat?", "", impossible=True)]}]},
        {"title": "Nothing", "paragraphs": []},
    ],
}  # fmt: skip
MIXED = {"data": [{"title": "Both", "paragraphs": [{"context": BO, "qas": [question_of("b1", "What has Bo?", BO, "a cat"), question_of("b2", "And Ida?", BO, impossible=True)]}]}], "licence": "CC"}  # fmt: skip
SECOND = {"data": [{"title": "Twice", "paragraphs": [{"context": BO, "qas": [{"id": "t1", "question": "Which word comes twice?", "answers": [{"text": "cat", "answer_start": BO.rindex("cat")}]}]}]}]}  # fmt: skip


def rows_of(content):
    """The oracle for files in order."""
    rows = []
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                row = {"id": qa["id"], "title": article["title"], "context": paragraph["context"], "question": qa["question"]}  # fmt: skip
                row["answers"] = [answer["text"] for answer in qa["answers"]]
                row["starts"] = [answer["answer_start"] for answer in qa["answers"]]
                rows.append(row | {"is_impossible": qa.get("is_impossible", False)})
    return rows


@dataclass(frozen=True)
class File:
    """A file in order. told: whether a message may show what is in it."""

    content: dict
    story: str
    told: bool = True


def require_rows(got, case):
    """Require the rows of a file in order."""
    truth = rows_of(case.content)
    require(
        len(got) == len(truth),
        "{story} has {n} questions, and you return {m} rows.{hint}",
        story=case.story, n=len(truth), m=len(got),
        hint=" One row for each *question*." if len(got) < len(truth) else "",
    )  # fmt: skip
    for row in got:
        require(isinstance(row, dict), "Each row is a dict; yours is {what}.", what=describe(row))
        gone, more = [k for k in KEYS if k not in row], [k for k in row if k not in KEYS]
        require(not gone and not more, "A row has the names {keys}; yours {does}.", keys=", ".join(KEYS),
                does=f"lacks {', '.join(gone)}" if gone else f"has {', '.join(map(str, more))[:100]}, too")  # fmt: skip
    require(
        [row["id"] for row in got] == [row["id"] for row in truth],
        "{story}: the questions are not those of the file, or not in its order.",
        story=case.story,
    )
    for row, true in zip(got, truth, strict=True):
        for key in KEYS:
            value, wanted = row[key], true[key]
            if type(value) is type(wanted) and value == wanted:
                continue
            require(
                False,
                "{story}{which}: under {key!r} stands {value}{truth}.{hint}",
                story=case.story,
                which=f", question {true['id']!r}" if case.told else "",
                key=key,
                value=f"{value!r:.80}" if case.told else describe(value),
                truth=f"; it is {wanted!r:.80}" if case.told else ", and that is wrong",
                hint=_why(key, value, wanted, true),
            )


def _why(key, value, wanted, row):
    """What usually leads to such a value."""
    if key == "is_impossible":
        if value is None:
            return " Where the file does not say it, as in v1.1, it is False."
        return " A question without an answer in its passage is one only where the file says so." if isinstance(value, bool) else ""  # fmt: skip
    if key == "answers":
        if value and not wanted:
            return " What stands under `plausible_answers` is what a hasty reader would say, and no answer."
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return " A list of texts is asked for; where they start stands under `starts`."
        return " *All* references are kept." if value == wanted[:1] or value in wanted else ""
    if key == "starts":
        if isinstance(value, list) and len(value) == len(wanted) and value == [row["context"].find(t) for t in row["answers"]]:  # fmt: skip
            return " The file says where the answer stands; the first place at which its text is found may be another one."
        return " They are the places of *all* references, as the file has them." if value in (wanted[:1], *wanted) else ""  # fmt: skip
    return " Is it of another paragraph or article?" if isinstance(value, str) else ""


# --- files that are out of order ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Broken:
    """A file that is out of order at `place`. story: what is the matter there; slip: what usually lets it through."""

    content: object
    place: str
    story: str
    slip: str = ""


def at(content, place):
    """The object at a place such as data[0].paragraphs[1]."""
    for name, index in re.findall(r"(\w+)\[(\d+)\]", place):
        content = content[name][int(index)]
    return content


def broken(content, place, story, change, slip=""):
    """A file with one change: a function that is given the object at that place."""
    content = copy.deepcopy(content)
    change(at(content, place) if place != "data" else content)
    return Broken(content, place, story, slip)


def without(name):
    return lambda found: found.pop(name)


def put(**values):
    return lambda found: found.update(values)


def missing(content, places):
    """Each name left away, at one of its places. places: of an article, a paragraph, a question and an answer."""
    names = {"data": ("data",)}
    names |= dict(zip(places, (("title", "paragraphs"), ("context", "qas"), ("id", "question", "answers"), ("text", "answer_start")), strict=True))  # fmt: skip
    slip = "`dict[name]` raises a KeyError, which names no place"
    return [broken(content, place, f"`{name}` is missing", without(name), slip) for place, own in names.items() for name in own]  # fmt: skip


def mistyped(content, places):
    """Each name with something of another type under it."""
    article, paragraph, question, answer = places
    found = [
        ("data", "data", "a text", "ab"), (article, "title", "a number", 7), (article, "paragraphs", "an object", {}), (paragraph, "context", "nothing (null)", None),
        (paragraph, "qas", "a text", "ab"), (question, "id", "a number", 5), (question, "question", "a list", ["Who?"]), (question, "answers", "an object, not in a list", {"text": "Ida", "answer_start": 0}),
        (question, "is_impossible", "a text, \"false\"", "false"), (question, "is_impossible", "a number, 0", 0), (answer, "text", "a number", 12),
        (answer, "answer_start", "a text", "0"), (answer, "answer_start", "a number with a point", 0.0),
    ]  # fmt: skip
    out = [broken(content, place, f"under `{name}` stands {what}", put(**{name: value})) for place, name, what, value in found]  # fmt: skip
    out.append(broken(content, answer, "under `answer_start` stands true", put(text=at(content, paragraph)["context"][1:3], answer_start=True), "In Python True is an int as well: `isinstance(True, int)`"))  # fmt: skip
    for place, name in (("data", "data"), (article, "paragraphs"), (paragraph, "qas"), (question, "answers")):
        own = copy.deepcopy(content)
        (at(own, place) if place != "data" else own)[name].append("a text")
        n = len((at(own, place) if place != "data" else own)[name]) - 1
        where = f"{'' if place == 'data' else place + '.'}{name}[{n}]"
        out.append(Broken(own, where, "there is a text where an object should be", "Ask of what you found in a list whether it is a dict before you look into it"))  # fmt: skip
    return out


def displaced(content, answer):
    """Answers that are not where they say. answer: the place of one that does not begin with the context and whose text has two letters or more."""
    entry = at(content, answer)
    text, start = entry["text"], entry["answer_start"]
    paragraph = at(content, answer.rpartition(".qas")[0])["context"]
    shift = "The text stands in the context, but elsewhere: compare `context[start : start + len(text)]`"
    found = [
        ("the answer stands one letter further on", put(answer_start=start - 1), shift),
        ("the answer stands one letter before", put(answer_start=start + 1), shift),
        ("the answer's text is nowhere in the context", put(text=f"{text}qx"), "Is the text compared with what stands there?"),
        ("the answer has a capital that the context has not", put(text=text.swapcase()), "Letter for letter: capitals count"),
        ("the answer is empty", put(text=""), "An empty text stands everywhere"),
        ("`answer_start` is below 0, and counted from the end it would be right", put(answer_start=start - len(paragraph)), "Python counts negative places from the end; SQuAD does not"),
        ("`answer_start` lies behind the context", put(answer_start=len(paragraph) + 5), "A slice behind the end is empty, and no error"),
        ("a tab stands behind the answer's text", put(text=f"{text}\t"), "Letter for letter: is the text stripped?"),
    ]  # fmt: skip
    return [broken(content, answer, *each) for each in found]


def contradicting(content, answered, first, second, unanswered=None):
    """Questions that contradict themselves, and an id that comes twice. unanswered: the place of one that says so, if there is one."""
    own = copy.deepcopy(content)
    at(own, second)["id"] = at(own, first)["id"]
    return [
        broken(content, answered, "the question has answers, and is said to be impossible", put(is_impossible=True)),
        broken(content, answered, "the question has no answer, and is not said to be impossible", put(answers=[], is_impossible=False)),
        broken(content, answered, "the question has no answer, and nothing is said of it", lambda q: (q.pop("is_impossible", None), q.update(answers=[])), "Where `is_impossible` is missing it is False"),
        *([broken(content, unanswered, "the question has no answer, and is said to be possible", put(is_impossible=False))] if unanswered else []),
        Broken(own, second, "the id came before", "Keep a set of the ids that you have met"),
    ]  # fmt: skip


def require_refused(student, cases, told):
    """Require a ValueError that names the place of each. told: whether a message may tell it."""
    for case in cases:
        error = student.error(case.content)
        begin = f"A file in which {case.story}{f', at {case.place},' if told else ''}"
        hint = f" {ended(case.slip)}" if case.slip else ""
        require(error is not None, "{begin} gets through.{hint}", begin=begin, hint=hint)
        require(error.is_a("ValueError"), "{begin} raises {type}; a ValueError that names the place is asked for.{hint}", begin=begin, type=error.type, hint=hint)  # fmt: skip
        named = re.findall(r"data(?:\[\d+\](?:\.(?:paragraphs|qas|answers)\[\d+\])*)?", error.message)
        require(
            case.place in named,
            "{begin} raises a ValueError, and its message does not name the place{place}: {said!r}.{why}",
            begin=begin, place=f", {case.place}" if told else "", said=error.message[:120],
            why=_place_hint(named, case.place),
        )  # fmt: skip


def _place_hint(named, place):
    """What is wrong with the places that a message names."""
    if not named:
        return " A place is written like data[0].paragraphs[2].qas[1]."
    best = named[-1]
    shape = re.sub(r"\d+", "0", best) == re.sub(r"\d+", "0", place)
    if shape:
        return " The numbers are others: each counts from 0, in its own list."
    if place.startswith(best):
        return " That is too far out: the *innermost* object that is at fault is asked for."
    return (
        " That is another object: the one that lacks the name, or has the wrong thing under it, is at fault."
    )


def judge_files(student, plain, parts, refused, told=True):
    """All that is asked of parse_squad. plain: `File`s that must be right for any marks; parts and refused: for each title (points, cases)."""

    def each(cases):
        calls = [args(copy.deepcopy(case.content)) for case in cases]
        stories = [f"{case.story} is in order, and your function fails." for case in cases]
        for case, got in zip(cases, tried(student, calls, stories), strict=True):
            require_rows(got, case)

    each(plain)
    for title, (points, cases) in parts.items():
        with part(title, points=points):
            each(cases)
    for title, (points, cases) in refused.items():
        with part(title, points=points):
            require_refused(student, cases, told)


PLACES = ("data[1]", "data[1].paragraphs[0]", "data[1].paragraphs[0].qas[0]", "data[1].paragraphs[0].qas[0].answers[2]")  # fmt: skip


def refused_parts(missing, mistyped, displaced, contradicting):
    """The parts about bad files."""
    return {
        "names that are missing": (0.5, missing),
        "other types": (0.5, mistyped),
        "answers that are not there": (0.5, displaced),
        "contradictions": (0.5, contradicting),
    }


@lab.check(points=4, returns=(list, tuple))
def parse_squad(student):
    parts = {"version 2": (0.75, [File(V2, "A file of version 2"), File(MIXED, "A file in which some say nothing of `is_impossible`")]),
             "places as they are": (0.25, [File(SECOND, "A file whose answer stands twice in its context")])}  # fmt: skip
    refused = refused_parts(
        missing(V1, PLACES),
        mistyped(V1, PLACES),
        displaced(V1, PLACES[3]),
        contradicting(V2, "data[0].paragraphs[0].qas[0]", "data[0].paragraphs[0].qas[0]", "data[0].paragraphs[2].qas[0]", "data[0].paragraphs[0].qas[1]"),
    )  # fmt: skip
    judge_files(student, [File(V1, "A file of version 1.1")], parts, refused)
