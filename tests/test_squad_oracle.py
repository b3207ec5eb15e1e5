"""Chapter 10's answers against something else that knows them: SQuAD's scoring written twice, the tokenizers library, and trying all spans."""

import itertools
import json
import math
import random
from pathlib import Path

import pytest
import torch

from autograder.checks.lab10_question_answering.scores import text_of
from course.checks.lab10_question_answering.best import Window, taken
from course.checks.lab10_question_answering.scores import normalized, true_f1, true_match
from course.checks.lab10_question_answering.windows import windows_of
from course.data.loaders import AUTHORED, load_squad
from course.models.loaders import SHIPPED, load_tokenizer
from tests.answers import variants
from tests.answers.lab10_question_answering import parts
from tests.test_loaders import SAMPLE, needs_sample

LAB = "lab10_question_answering"
CASES = 2_000


# --- scoring: the rules once more, letter by letter ------------------------------------------------------------------------------
def words_of(text):
    """What SQuAD v2's `normalize_answer` leaves (Rajpurkar et al. 2018), as words, without `re`, `string` or `Counter`."""
    text = [c for c in text.lower() if not (33 <= ord(c) <= 126 and not c.isalnum())]
    pieces = []  # runs of letters and digits, and all else one by one
    for c in text:
        if pieces and c.isalnum() and pieces[-1][-1].isalnum():
            pieces[-1] += c
        else:
            pieces.append(c)
    return "".join(" " if piece in ("a", "an", "the") else piece for piece in pieces).split()


def golden(references):
    """Those of which something is left, as words; without any, an empty one."""
    return [words for words in map(words_of, references) if words] or [[]]


def matches(said, references):
    """EM against all of them."""
    return float(words_of(said) in golden(references))


def shares(said, references):
    """F1 against all of them: words in common, each as often as both have it."""
    found, a = [], words_of(said)
    for b in golden(references):
        rest, common = list(b), 0
        for word in a:
            if word in rest:
                rest.remove(word)
                common += 1
        found.append(float(a == b) if not (a and b) else 2 * common / (len(a) + len(b)))
    return max(found)


def drawn(rng):
    """(said, references): like each other, now and then."""
    true = [text_of(rng) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    said = rng.choice([*true, text_of(rng), ""])
    if rng.random() < 0.5:
        said = " ".join(rng.sample(said.split(), len(said.split()))[: rng.randint(0, 6)])
    if rng.random() < 0.3:
        said = rng.choice(("the ", "An ", "a\u0301 ", "“", "1,000 ", "a_b ")) + said.upper()
    return said, true


ODD = [
    ("the", []), ("", []), ("a cat", []), ("", ["The."]), ("!", ["?"]), ("a", ["an"]), ("the the", [""]), ("A. B.", ["ab"]), ("well-known", ["wellknown"]),
    ("well-known", ["well known"]), ("a—b", ["b"]), ("theory", ["the ory"]), ("“Ada”", ["Ada"]), ("Ünï", ["ünï"]), ("İ", ["i̇"]), ("ﬁn", ["fin"]), ("x\u00a0y", ["x y"]),
    ("a\u0301", [""]), ("the_cat", ["thecat"]), ("1,000", ["1000"]), ("1.5", ["15"]), ("$5", ["5"]), ("5 €", ["5"]), ("the € a", ["€"]), ("½ the", ["½"]), ("A1", ["1"]),
    ("to be or not to be", ["be to or"]), ("be be be", ["be"]), ("b", ["a", "b", "c"]), ("x y", ["x", "y"]), ("中 a 文", ["中 文"]), ("ß", ["SS"]),
]  # fmt: skip


def test_scores_are_those_of_the_official_rules():
    rng = random.Random(0)
    cases = ODD + [drawn(rng) for _ in range(CASES)]
    met = set()
    for said, true in cases:
        assert normalized(said).split() == words_of(said), said
        assert true_match(said, true) == matches(said, true), (said, true)
        assert true_f1(said, true) == pytest.approx(shares(said, true)), (said, true)
        met.add(round(shares(said, true), 3))
    assert len(met) > 12 and sum(matches(*case) for case in cases) > 300


@pytest.mark.parametrize("name", ["normalize_answer", "exact_match", "f1_score"])
def test_right_answers_score_so_too(name):
    rng = random.Random(1)
    cases = ODD + [drawn(rng) for _ in range(500)]
    for variant in (v for v in variants(LAB, name).values() if v.fragment is None):
        student = variant.make()
        for said, true in cases:
            if name == "normalize_answer":
                assert student(said) == " ".join(words_of(said)), (variant.name, said)
            else:
                expected = (matches if name == "exact_match" else shares)(said, true)
                assert student(said, true) == pytest.approx(expected), (variant.name, said, true)


# --- windows: as the tokenizers library cuts them --------------------------------------------------------------------------------
def encoded(tokenizer, text):
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    return found.input_ids, found.offset_mapping


def span_of(offsets, start, end):
    return next(iter(variants(LAB, "char_to_token_span").values())).make()(offsets, start, end)


def cuts():
    """(row, length, stride) of the articles, each passage once for each length."""
    rows = {row["context"]: row for row in load_squad("articles")}
    for row, (length, stride) in itertools.product(rows.values(), ((40, 8), (64, 24), (128, 48), (384, 128))):
        yield row, length, stride


def test_windows_are_those_of_the_tokenizers_library():
    tokenizer, several = load_tokenizer(SHIPPED / "bert"), 0
    for row, length, stride in cuts():
        question, context = (encoded(tokenizer, row[key])[0] for key in ("question", "context"))
        if length - len(question) - 3 <= stride:
            continue
        theirs = tokenizer(row["question"], row["context"], truncation="only_second", max_length=length, stride=stride, return_overflowing_tokens=True)  # fmt: skip
        ours = windows_of(
            question, context, None, length, stride, tokenizer.cls_token_id, tokenizer.sep_token_id
        )
        for key in ("input_ids", "token_type_ids"):
            assert [window[key] for window in ours] == theirs[key], (row["question"], length, stride)
        several += len(ours) > 1
    assert several > 60


def lost(rows, tokenizer, length, stride):
    """Answers of which no token was found, and those that no window has whole."""
    unfound, uncut = [], []
    for row in rows:
        question, (context, offsets) = (
            encoded(tokenizer, row["question"])[0],
            encoded(tokenizer, row["context"]),
        )
        for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True):
            span = span_of(offsets, start, start + len(text))
            if span is None:
                unfound.append(text)
            elif not any(w["start"] for w in windows_of(question, context, span, length, stride, 1, 2)):
                uncut.append((text, span))
    return unfound, uncut


@pytest.mark.parametrize(("length", "stride"), [(64, 28), (128, 48), (384, 128)])
def test_windows_lose_no_answer_of_the_articles(length, stride):
    tokenizer = load_tokenizer(SHIPPED / "bert")
    rows = [row for row in load_squad("articles") if row["answers"]["text"]]
    room = [row for row in rows if len(encoded(tokenizer, row["question"])[0]) + 3 + stride < length]
    assert len(rows) - len(room) == (1 if length == 64 else 0) and len(rows) > 250
    assert lost(room, tokenizer, length, stride) == ([], [])


@pytest.mark.parametrize(
    "data", ["articles", pytest.param(SAMPLE, marks=needs_sample)], ids=["articles", "real"]
)
def test_the_truth_scores_a_hundred(data):
    """Each reference, found in the text where the file says that it stands, against all of them."""
    for row in load_squad(data):
        answers = row["answers"]
        said = [row["context"][start : start + len(text)] for text, start in zip(answers["text"], answers["answer_start"], strict=True)]  # fmt: skip
        for text in said or [""]:
            assert true_match(text, answers["text"]) == true_f1(text, answers["text"]) == 1


@needs_sample
@pytest.mark.parametrize(("length", "stride"), [(64, 16), (128, 48), (384, 128)])
def test_real_squad_goes_through_the_windows(length, stride):
    """With the lab's own tokenizer, to which most of SQuAD's words are several pieces: every answer is found again from tokens, and none is
    lost that two neighbours can share, of `stride` + 1 tokens at the most."""
    tokenizer = load_tokenizer(SHIPPED / "bert")
    rows = [row for row in load_squad(SAMPLE) if row["answers"]["text"]]
    assert len(rows) == 485
    rows = [row for row in rows if len(encoded(tokenizer, row["question"])[0]) + 3 + stride < length]
    unfound, uncut = lost(rows, tokenizer, length, stride)
    assert not unfound and all(last - first > stride for _, (first, last) in uncut)
    assert bool(uncut) is (length == 64)


def test_files_are_read_as_the_courses_loader_reads_them():
    parse = next(iter(variants(LAB, "parse_squad").values())).make()
    for path in sorted(AUTHORED.glob("*.json")) + [SAMPLE] * SAMPLE.is_file():
        theirs = load_squad(path)
        ours = parse(json.loads(Path(path).read_text(encoding="utf-8")))
        assert [row["id"] for row in ours] == theirs["id"][:]
        assert [row["answers"] for row in ours] == [answers["text"] for answers in theirs["answers"]]
        assert [row["starts"] for row in ours] == [answers["answer_start"] for answers in theirs["answers"]]


# --- spans: all of them tried ----------------------------------------------------------------------------------------------------
def best_of_all(start, end, passage, longest):
    """Trying every pair, in float64; of equals the first."""
    total = [sum(math.exp(x - max(scores)) for x in scores) for scores in (start, end)]
    best = None
    for first in range(len(start)):
        for last in range(first, min(first + longest, len(start))):
            if passage[first] and passage[last]:
                value = (
                    math.exp(start[first] - max(start)) / total[0] * math.exp(end[last] - max(end)) / total[1]
                )
                if best is None or value > best[2]:
                    best = first, last, value
    return best


def test_the_best_span_is_that_of_trying_all():
    rng = random.Random(0)
    none = 0
    for _ in range(600):
        n = rng.randint(1, 14)
        start, end = ([rng.choice((rng.gauss(0, 3), float(rng.randint(-2, 2)), -math.inf)) for _ in range(n)] for _ in range(2))  # fmt: skip
        start[rng.randrange(n)] = end[rng.randrange(n)] = 1.0
        passage, longest = [rng.random() < 0.7 for _ in range(n)], rng.randint(1, n + 2)
        expected = best_of_all(start, end, passage, longest)
        a, b, p = torch.tensor(start), torch.tensor(end), torch.tensor(passage)
        window = Window(a, b, p, longest, "")
        table = a.double().softmax(0)[:, None] * b.double().softmax(0)
        for found in (taken(table, window.allowed), parts.best_span(a, b, p, longest)):
            if expected is None:
                assert found is None
            elif found[:2] != expected[:2]:  # as likely, but for the last digit
                assert table[found[0], found[1]].item() == pytest.approx(expected[2], rel=1e-5)
            else:
                assert found[2] == pytest.approx(expected[2], rel=1e-4, abs=1e-30)
        none += expected is None
    assert 20 < none < 400
