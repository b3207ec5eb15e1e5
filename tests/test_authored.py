"""The authored articles: SQuAD v2 as the loader wants it, answers where they say, and questions that a word matcher cannot win."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from course import load_squad
from course.data.loaders import squad_rows

FOLDER = Path(__file__).resolve().parents[1] / "course" / "data" / "authored"
FILES = sorted(FOLDER.glob("*.json"))
ARTICLES = {path.stem: json.loads(path.read_text(encoding="utf-8"))["data"][0] for path in FILES}
PARAGRAPHS = [paragraph for article in ARTICLES.values() for paragraph in article["paragraphs"]]
QUESTIONS = [(paragraph["context"], qa) for paragraph in PARAGRAPHS for qa in paragraph["qas"]]

WORD = re.compile(r"\w+(?:['-]\w+)*")


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


# Words of questions that say nothing about where the answer stands.
EMPTY = frozenset(
    words(
        "a about an and are as at be been by can could did do does for from had has have he her his how in is it its"
        " many not of on one or she than that the their them they this to was were what when where which who whom"
        " whose why with would"
    )
)
NUMBERS = frozenset(
    words(
        "once twice first two three four five six seven eight nine ten thirteen fifteen sixteen fifty ninety hundred thousand"
    )
)


def meaning(text: str) -> list[str]:
    """The text as exact match compares it: lower case, without articles and punctuation."""
    return [word for word in words(text) if word not in ("a", "an", "the")]


# --- form ------------------------------------------------------------------------------------------------------------
def test_there_are_twelve_articles_and_enough_questions():
    assert len(FILES) >= 12
    assert len(QUESTIONS) >= 200 and sum(qa["is_impossible"] for _, qa in QUESTIONS) >= 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_squad_v2_with_the_official_keys_and_no_others(path):
    text = path.read_text(encoding="utf-8")
    content = json.loads(text)
    assert squad_rows(content, path.name)
    assert set(content) == {"version", "data"} and content["version"] == "v2.0" and len(content["data"]) == 1
    assert set(content["data"][0]) == {"title", "paragraphs"}
    for paragraph in content["data"][0]["paragraphs"]:
        assert set(paragraph) == {"context", "qas"}
        for qa in paragraph["qas"]:
            more = {"plausible_answers"} if qa["is_impossible"] else set()
            assert set(qa) == {"id", "question", "answers", "is_impossible"} | more
    # One layout for all, so that a change of one word is a diff of one line.
    assert text == json.dumps(content, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_loader_gives_the_columns_of_squad_v2(path):
    data = load_squad(path, split="validation")
    assert data.column_names == ["id", "title", "context", "question", "answers", "is_impossible"]
    assert len(data) == sum(len(paragraph["qas"]) for paragraph in ARTICLES[path.stem]["paragraphs"])


def test_ids_are_the_article_the_paragraph_and_the_question():
    for stem, article in ARTICLES.items():
        slug = stem.replace("_", "-")
        for i, paragraph in enumerate(article["paragraphs"], 1):
            assert [qa["id"] for qa in paragraph["qas"]] == [
                f"{slug}-{i}-{j}" for j in range(1, len(paragraph["qas"]) + 1)
            ]
    assert len({qa["id"] for _, qa in QUESTIONS}) == len(QUESTIONS)


# --- passages --------------------------------------------------------------------------------------------------------
def test_articles_and_paragraphs_have_the_length_of_squads():
    assert all(4 <= len(article["paragraphs"]) <= 6 for article in ARTICLES.values())
    assert len({paragraph["context"] for paragraph in PARAGRAPHS}) == len(PARAGRAPHS)
    for paragraph in PARAGRAPHS:
        context = paragraph["context"]
        assert 70 <= len(context.split()) <= 140, context[:60]
        assert context == " ".join(context.split()) and context.endswith(".")


def test_no_sentence_is_said_twice():
    sentences = Counter(s for p in PARAGRAPHS for s in re.split(r"(?<=[.?!]) ", p["context"]))
    assert max(sentences.values()) == 1 and all(len(s.split()) >= 2 for s in sentences)


# --- questions -------------------------------------------------------------------------------------------------------
def test_every_paragraph_has_its_share_of_questions():
    for paragraph in PARAGRAPHS:
        impossible = sum(qa["is_impossible"] for qa in paragraph["qas"])
        assert 5 <= len(paragraph["qas"]) <= 7 and 1 <= impossible <= 2
    assert 0.15 <= sum(qa["is_impossible"] for _, qa in QUESTIONS) / len(QUESTIONS) <= 0.35


def test_questions_are_questions_and_none_is_asked_twice():
    assert len({tuple(words(qa["question"])) for _, qa in QUESTIONS}) == len(QUESTIONS)
    for _, qa in QUESTIONS:
        question = qa["question"]
        assert question.endswith("?") and question[0].isupper() and question == " ".join(question.split())


def test_questions_are_of_many_kinds():
    kinds = Counter()
    for _, qa in QUESTIONS:
        for kind in ("who", "when", "where", "how", "why", "which", "what"):
            kinds[kind] += kind in words(qa["question"])
    assert min(kinds.values()) >= 5 and max(kinds.values()) <= len(QUESTIONS) / 2


# --- answers ---------------------------------------------------------------------------------------------------------
def test_answers_stand_where_they_say_and_are_whole_words():
    for context, qa in QUESTIONS:
        for answer in qa["answers"] + qa.get("plausible_answers", []):
            text, start = answer["text"], answer["answer_start"]
            end = start + len(text)
            assert set(answer) == {"text", "answer_start"} and context[start:end] == text, qa["id"]
            around = f" {context} "[start], f" {context} "[end + 1]
            assert text == text.strip(" .,;:") and not any(c.isalnum() for c in around), qa["id"]
            assert len(text.split()) <= 12, qa["id"]


def test_answerable_questions_have_one_to_three_references_that_differ():
    several = 0
    answerable = [qa for _, qa in QUESTIONS if not qa["is_impossible"]]
    for qa in answerable:
        texts = [answer["text"] for answer in qa["answers"]]
        assert 1 <= len(texts) <= 3 and len(set(texts)) == len(texts), qa["id"]
        several += len(texts) > 1
    assert several >= len(answerable) / 2


def test_an_unanswerable_question_has_no_answer_but_a_plausible_one():
    for _, qa in QUESTIONS:
        if qa["is_impossible"]:
            assert qa["answers"] == [] and len(qa["plausible_answers"]) == 1, qa["id"]


def test_no_question_contains_its_own_answer():
    for _, qa in QUESTIONS:
        asked = " ".join(meaning(qa["question"]))
        for answer in qa["answers"]:
            assert f" {' '.join(meaning(answer['text']))} " not in f" {asked} ", qa["id"]


# --- what a matcher of words gets ------------------------------------------------------------------------------------
def most_words_around(tokens: list[str], asked: set[str], start: int, end: int) -> int:
    """How many different words of the question stand within five words of the window (3, 8, 12 and 20 get no more)."""
    return len(asked.intersection(tokens[max(0, start - 5) : start] + tokens[end : end + 5]))


def nearest_words(tokens: list[str], asked: set[str], start: int, end: int) -> float:
    """Each word of the question counts the more the nearer it stands to the window."""
    nearest: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token in asked:
            distance = max(start - place, place - end + 1, 0)
            nearest[token] = min(distance, nearest.get(token, distance))
    return sum(1 / (1 + distance) for distance in nearest.values())


def expects(question: str) -> Callable[[str], bool]:
    """What kind of word the question asks for: a number, a name, or anything."""
    first = " ".join(words(question)[:3])
    if re.match(r"when|in (what|which) (year|decade)|how (many|old|often|long)|at what age", first):
        return lambda word: word[0].isdigit() or word.lower() in NUMBERS
    if re.match(r"who|where|in which (city|country)|which (city|country|script)", first):
        return lambda word: word[0].isupper()
    return lambda word: True


def matched(context: str, question: str, length: int, score: Callable, kinds: bool) -> list[str]:
    """The `length` words with the best score and none of the question's among them; of equals the first.

    Words that say nothing about the place are not counted. With `kinds` the window must hold a word of the kind asked for.
    """
    written = WORD.findall(context)
    tokens, asked = words(context), set(words(question)) - EMPTY
    fits = expects(question) if kinds else lambda word: True

    def value(start: int) -> tuple[bool, bool, float]:
        end = start + length
        return (
            not asked.intersection(tokens[start:end]),
            any(fits(word) for word in written[start:end]),
            score(tokens, asked, start, end),
        )

    start = max(range(len(tokens) - length + 1), key=value)
    return tokens[start : start + length]


@pytest.mark.parametrize("kinds", [False, True], ids=["any", "kind"])
@pytest.mark.parametrize("score", [most_words_around, nearest_words])
def test_a_matcher_of_words_does_not_find_the_answers(score, kinds):
    """It is even told that there is an answer, and how long: each reference's length in turn, and the best guess counts."""
    answerable = [(context, qa) for context, qa in QUESTIONS if not qa["is_impossible"]]
    right = 0
    for context, qa in answerable:
        references = [words(answer["text"]) for answer in qa["answers"]]
        guesses = [matched(context, qa["question"], len(r), score, kinds) for r in references]
        right += any(guess in references for guess in guesses)
    exact_match = 100 * right / len(answerable)
    print(
        f"{score.__name__}, {'the kind asked for' if kinds else 'any word'}: {exact_match:.1f} EM of {len(answerable)}"
    )
    assert exact_match < 50


def test_shared_words_do_not_tell_whether_there_is_an_answer():
    """A question with an answer and one without, at random: how often has the first more of its words in the passage?

    Half the time would tell nothing; in the real SQuAD v2 it is a little less than half.
    """
    shares: dict[bool, list[float]] = {True: [], False: []}
    for context, qa in QUESTIONS:
        asked = set(words(qa["question"])) - EMPTY
        shares[qa["is_impossible"]].append(len(asked.intersection(words(context))) / len(asked))
    pairs = [(a > b) + (a == b) / 2 for a in shares[False] for b in shares[True]]
    area = sum(pairs) / len(pairs)
    print(f"area under the curve of word overlap for 'has an answer': {area:.2f}")
    assert 0.35 < area < 0.65


# --- the list in the README ------------------------------------------------------------------------------------------
def test_the_readme_counts_what_is_there():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    counted = {}
    for line in text.splitlines():
        if found := re.fullmatch(r"\| `(\w+)\.json` \| (.+) \| (\d+) \| (\d+) \| (\d+) \|", line):
            counted[found[1]] = (found[2], *map(int, found.groups()[2:]))
    assert counted == {
        stem: (
            article["title"],
            len(article["paragraphs"]),
            sum(len(p["qas"]) for p in article["paragraphs"]),
            sum(qa["is_impossible"] for p in article["paragraphs"] for qa in p["qas"]),
        )
        for stem, article in ARTICLES.items()
    }
